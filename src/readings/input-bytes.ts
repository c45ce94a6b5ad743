import { closeSync, fstatSync, openSync, readdirSync, readSync, type Stats } from 'node:fs'
import { dirname } from 'node:path'
import { BEGINNING_BYTES } from './batch-file.ts'
import { cannotOpen, cannotRead } from './input-problem.ts'

/** A file, a named pipe or standard input. */
export interface NamedInput {
  /** As the user calls it. */
  readonly name: string
  /** null: standard input. */
  readonly path: string | null
}

export interface BytesSetup {
  readonly nowMs: number
  /** Asked for only when it is the input. */
  readonly stdin: () => NodeJS.ReadableStream
}

/** The end comes once. */
export type Piece =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end'; readonly stillWritten: boolean }

/** A file counts as finished when nothing has been written to it for so long. */
const STILL_MS = 10_000
const PIECE_BYTES = 65_536

/** Good until the next one is asked for. Throws `InputFailure`. */
export async function* piecesOf({ name, path }: NamedInput, { stdin, nowMs }: BytesSetup): AsyncGenerator<Piece> {
  if (path === null) {
    try {
      for await (const chunk of stdin()) yield { kind: 'bytes', bytes: typeof chunk === 'string' ? Buffer.from(chunk) : chunk }
    } catch (cause) {
      throw cannotRead(name, cause)
    }
    yield { kind: 'end', stillWritten: false }
    return
  }
  const fd = opened(name, path, () => openSync(path, 'r'))
  try {
    const stats = statOf(fd, name)
    // A file is read as it was when it was opened: what is appended meanwhile is for the next run, whole.
    let left = stats.isFile() ? stats.size : Number.POSITIVE_INFINITY
    const memory = Buffer.allocUnsafe(PIECE_BYTES)
    while (left > 0) {
      const bytes = readInto(memory, Math.min(left, PIECE_BYTES), fd, name)
      if (bytes === 0) break
      left -= bytes
      yield { kind: 'bytes', bytes: memory.subarray(0, bytes) }
    }
    yield { kind: 'end', stillWritten: stats.isFile() && isFresh(stats, nowMs) }
  } finally {
    closeRead(fd)
  }
}

/** As much of a file as tells its columns. Throws `InputFailure`. */
export function beginningOf(name: string, path: string): Uint8Array {
  const fd = opened(name, path, () => openSync(path, 'r'))
  try {
    const memory = Buffer.alloc(BEGINNING_BYTES)
    return memory.subarray(0, readInto(memory, BEGINNING_BYTES, fd, name))
  } finally {
    closeRead(fd)
  }
}

/** Whether a file was written to just now. A time well after the clock's says that the clock was set back, not that. */
export function isFresh(stats: Stats, nowMs: number): boolean {
  return Math.abs(nowMs - stats.mtimeMs) < STILL_MS
}

/** What `step` makes of a path; a refusal names what lies beside it. */
export function opened<T>(name: string, path: string, step: () => T): T {
  try {
    return step()
  } catch (cause) {
    throw cannotOpen(name, cause, namesBeside(path))
  }
}

function readInto(memory: Buffer, length: number, fd: number, name: string): number {
  try {
    return readSync(fd, memory, 0, length, null)
  } catch (cause) {
    throw cannotRead(name, cause)
  }
}

/** What was read was read, whatever the disk says when the file is closed. */
function closeRead(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // It is closed all the same.
  }
}

function statOf(fd: number, name: string): Stats {
  try {
    return fstatSync(fd)
  } catch (cause) {
    throw cannotRead(name, cause)
  }
}

function namesBeside(path: string): string[] {
  try {
    return readdirSync(dirname(path))
  } catch {
    return []
  }
}
