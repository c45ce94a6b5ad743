import { InputFailure } from '../failure.ts'

/** What became of one file of an inbox directory. */
export type FileOutcome =
  /** Its rows are in the tally. */
  | { readonly kind: 'read'; readonly file: string }
  /** Read, but for rows from the future: it stays until the device's clock has reached them. */
  | { readonly kind: 'ahead'; readonly file: string; readonly rows: number }
  /** It is no batch that can be read. */
  | { readonly kind: 'failed'; readonly file: string; readonly reason: string }
  /** The system would not let it be read; a later run may. */
  | { readonly kind: 'unreadable'; readonly file: string; readonly reason: string }
  /** Written to within the last 10 s: it waits for the next run. */
  | { readonly kind: 'fresh'; readonly file: string }
  /** No CSV by its name. */
  | { readonly kind: 'ignored'; readonly file: string }

/** What reading a file without an error says of it; `ahead` counts its rows from the future. */
export function readOutcome(file: string, ahead: number): FileOutcome {
  return ahead === 0 ? { kind: 'read', file } : { kind: 'ahead', file, rows: ahead }
}

/** What an error says of a file; thrown on when it says nothing of it. */
export function outcomeOf(file: string, error: unknown): FileOutcome {
  if (!(error instanceof InputFailure)) throw error
  return { kind: error.cause === undefined ? 'failed' : 'unreadable', file, reason: error.message }
}

export function isBatchName(name: string): boolean {
  return !name.startsWith('.') && /\.(csv|tsv|txt)$/i.test(name)
}

/** `name`, or with a number before its ending when there is one of that name already. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  const [, stem = name, ending = ''] = /^(.+?)(\.[^.]*)?$/.exec(name) ?? []
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${stem}.${number}${ending}`
  return free
}

export interface KeptFile {
  readonly name: string
  readonly bytes: number
  readonly mtimeMs: number
}

/** Which files have to go, oldest first, so that the rest takes at most `maxBytes`. */
export function beyondBound(files: readonly KeptFile[], maxBytes: number): string[] {
  let bytes = files.reduce((sum, file) => sum + file.bytes, 0)
  const gone: string[] = []
  for (const file of [...files].sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1))) {
    if (bytes <= maxBytes) break
    bytes -= file.bytes
    gone.push(file.name)
  }
  return gone
}

export interface Settled {
  /** Files that were moved, as their new paths. */
  readonly moved: readonly string[]
  /** Files that should have been moved, each with the reason why not. */
  readonly kept: readonly { readonly file: string; readonly reason: string }[]
  /** Old files that were removed to keep the bound. */
  readonly removed: readonly string[]
}
