/**
 * The ZIP comment of a pump bundle, which is the very end of an executable: where the bundle starts, how long it is
 * up to this comment, and the hash of those bytes. Its width is fixed, so the tail of the file is read in one go.
 */
export interface Trailer {
  /** Where the bundle starts in the file [bytes]. */
  readonly offset: number
  /** From there to the comment [bytes]. */
  readonly length: number
  /** Of those bytes, hex. */
  readonly sha256: string
}

const PREFIX = 'pump-monitor bundle'
const FORMAT = 1
const DIGITS = 12
const PATTERN =
  /^pump-monitor bundle (?<format>\d{2}) offset (?<offset>\d{12}) length (?<length>\d{12}) sha256 (?<sha256>[0-9a-f]{64})\n$/

export function formatTrailer({ offset, length, sha256 }: Trailer): string {
  const digits = (value: number, width: number): string => String(value).padStart(width, '0')
  return `${PREFIX} ${digits(FORMAT, 2)} offset ${digits(offset, DIGITS)} length ${digits(length, DIGITS)} sha256 ${sha256}\n`
}

/** [bytes], all of them ASCII. */
export const TRAILER_LENGTH = formatTrailer({ offset: 0, length: 0, sha256: '0'.repeat(64) }).length

export type ParsedTrailer =
  | { readonly kind: 'trailer'; readonly trailer: Trailer }
  | { readonly kind: 'newer' }
  | { readonly kind: 'none' }

export function parseTrailer(text: string): ParsedTrailer {
  const groups = PATTERN.exec(text)?.groups
  if (groups === undefined) return { kind: 'none' }
  if (Number(groups['format']) > FORMAT) return { kind: 'newer' }
  return {
    kind: 'trailer',
    trailer: { offset: Number(groups['offset']), length: Number(groups['length']), sha256: groups['sha256'] ?? '' },
  }
}
