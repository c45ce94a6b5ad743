import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { ConfigurationFailure, reasonOf } from '../src/failure.ts'

/** Where a signing key may come from when no file is named: the PEM text itself. */
export const KEY_VARIABLE = 'PUMP_MONITOR_SIGN_KEY'

export interface SigningKey {
  /** 64 bytes; the same each time (RFC 8032, 5.1.6), so that signed artifacts repeat as well. */
  readonly sign: (bytes: Uint8Array) => Uint8Array
  readonly id: string
}

/**
 * The Ed25519 key of the file, or of `$PUMP_MONITOR_SIGN_KEY`; null without either: the artifact stays unsigned. Throws a
 * ConfigurationFailure (exit 78) for anything else, and for a file that others can read; no message quotes the key.
 */
export function signingKey(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): SigningKey | null {
  const text = file === undefined ? env[KEY_VARIABLE] : readPrivate(resolve(cwd, file))
  if (text === undefined || text === '') return null
  const where = file ?? `$${KEY_VARIABLE}`
  const key = parsed(where, 'private', () => createPrivateKey(text))
  return { sign: (bytes) => sign(null, bytes, key), id: idOf(createPublicKey(key)) }
}

export interface VerifyingKey {
  readonly isSignatureOf: (signature: Uint8Array, bytes: Uint8Array) => boolean
  readonly id: string
}

export function verifyingKey(file: string): VerifyingKey {
  const text = attempt(file, () => readFileSync(file, 'utf8'))
  if (/PRIVATE KEY/.test(text)) {
    const mend = 'give the public one: openssl pkey -in KEY -pubout'
    throw new ConfigurationFailure({ where: file, what: 'is a private key', mend })
  }
  const key = parsed(file, 'public', () => createPublicKey(text))
  return { isSignatureOf: (signature, bytes) => verify(null, bytes, key, signature), id: idOf(key) }
}

function parsed(where: string, kind: 'private' | 'public', parse: () => KeyObject): KeyObject {
  let key: KeyObject | null = null
  try {
    key = parse()
  } catch {
    // The reason that OpenSSL gives names its own source files.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key
  throw new ConfigurationFailure({
    where,
    what: key === null ? `is no ${kind} key in PEM` : `is a key for ${key.asymmetricKeyType}`,
    mend:
      kind === 'private' ? 'make one: openssl genpkey -algorithm ed25519 -out KEY' : 'take it from: openssl pkey -in KEY -pubout',
  })
}

function readPrivate(file: string): string {
  return attempt(file, () => {
    if ((statSync(file).mode & 0o077) !== 0) {
      throw new ConfigurationFailure({ where: file, what: 'others can read the signing key', mend: `run: chmod 600 ${file}` })
    }
    return readFileSync(file, 'utf8')
  })
}

function attempt<T>(file: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof ConfigurationFailure) throw error
    const what = `cannot be read (${reasonOf(error)})`
    throw new ConfigurationFailure({ where: file, what, mend: 'name the file of the key', cause: error })
  }
}

/** The start of the hash of the public key, by which people tell keys apart. */
function idOf(key: KeyObject): string {
  return createHash('sha256')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest('hex')
    .slice(0, 16)
}
