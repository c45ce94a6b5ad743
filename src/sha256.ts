/**
 * SHA-256 of the parts one after the other, hex. Node's crypto is loaded with the first: that takes milliseconds of a start,
 * and a run that finds nothing and asks no model hashes nothing.
 */
export function sha256(...parts: readonly (string | Uint8Array)[]): string {
  const hash = process.getBuiltinModule('node:crypto').createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex')
}
