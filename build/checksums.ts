import { byCodeUnits } from './manifest.ts'

/** The list that `sha256sum --check` reads, and its signature: 64 bytes of Ed25519 over the list. */
export const CHECKSUMS = 'SHA256SUMS'
export const SIGNATURE = 'SHA256SUMS.sig'

/** Name to SHA-256, hex. */
export type Checksums = Readonly<Record<string, string>>

export function formatChecksums(sums: Checksums): string {
  const lines = Object.entries(sums).map(([name, sha256]) => ({ name, line: `${sha256}  ${name}\n` }))
  return lines
    .sort((a, b) => byCodeUnits(a.name, b.name))
    .map(({ line }) => line)
    .join('')
}

/** null when any line is not what `formatChecksums` writes. */
export function parseChecksums(text: string): Checksums | null {
  const lines = text.split('\n').slice(0, -1)
  const parsed = lines.map((line) => /^([0-9a-f]{64}) {2}([^/\0][^\0]*)$/.exec(line))
  if (!text.endsWith('\n') || parsed.some((match) => match === null)) return null
  return Object.fromEntries(parsed.map((match) => [match?.[2] ?? '', match?.[1] ?? '']))
}
