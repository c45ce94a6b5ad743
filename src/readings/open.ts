import type { Stats } from 'node:fs'
import { type FileHandle, open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, resolve } from 'node:path'
import { InputFailure, reasonOf } from '../failure.ts'
import { nearestName } from '../nearest.ts'
import { BEGINNING_BYTES, createBatchFile, firstInstant } from './batch-file.ts'
import type { Columns } from './columns.ts'
import { createOrdering } from './ordering.ts'
import type { Reading } from './reading.ts'
import { createTally, type RowTally } from './tally.ts'

export interface ReadingsSetup {
  readonly columns: Columns
  /** Event time up to which earlier runs have judged; null: none has. */
  readonly watermarkMs: number | null
  readonly nowMs: number
  readonly buildTimeMs: number
  /** Relative inputs start here. */
  readonly cwd: string
  readonly stdin: NodeJS.ReadableStream
}

/** What became of one file of a directory. */
export type FileOutcome =
  | { readonly kind: 'read'; readonly file: string }
  | { readonly kind: 'failed'; readonly file: string; readonly reason: string }
  /** Written to within the last 10 s: it waits for the next run. */
  | { readonly kind: 'fresh'; readonly file: string }
  /** No CSV by its name. */
  | { readonly kind: 'ignored'; readonly file: string }

export interface OpenReadings {
  /** Readings in time order and canonical units, each instant once. Throws `InputFailure`. To be read once. */
  readonly batches: AsyncIterable<readonly Reading[]>
  /** What became of the rows so far; final when `batches` has ended. */
  tally(): RowTally
  /** What became of the files of a directory; empty for any other input. */
  files(): readonly FileOutcome[]
}

/** A file counts as finished when nothing has been written to it for so long. */
const STILL_MS = 10_000
const PIECE_BYTES = 262_144

/**
 * Opens a batch of readings: a file, a named pipe, `-` for standard input, or a directory of which every finished
 * CSV file is read, earliest first timestamp first. A broken file fails the run, in a directory only itself.
 */
export function openReadings(input: string, setup: ReadingsSetup): OpenReadings {
  const tally = createTally(setup.watermarkMs)
  const files: FileOutcome[] = []
  return { batches: batchesOf(input, setup, tally, files), tally: () => tally, files: () => files }
}

async function* batchesOf(input: string, setup: ReadingsSetup, tally: RowTally, files: FileOutcome[]) {
  const ordering = createOrdering(setup, tally)
  const path = resolve(setup.cwd, input)
  const directory = input !== '-' && (await statOf(input, path)).isDirectory()
  const names = directory ? await filesOf(input, path, setup, files) : [input]
  for (const name of names) {
    const file = createBatchFile(name === '-' ? 'standard input' : name, setup.columns, ordering, tally)
    try {
      for await (const piece of piecesOf(name, setup)) {
        if (piece.kind === 'bytes') file.push(piece.bytes)
        else file.end(piece.stillWritten)
        const readings = ordering.take()
        if (readings.length > 0) yield readings
      }
      if (directory) files.push({ kind: 'read', file: name })
    } catch (error) {
      if (!directory || !(error instanceof InputFailure)) throw error
      files.push({ kind: 'failed', file: name, reason: error.message })
    }
  }
  const rest = ordering.takeRest()
  if (rest.length > 0) yield rest
}

type Piece = { readonly kind: 'bytes'; readonly bytes: Uint8Array } | { readonly kind: 'end'; readonly stillWritten: boolean }

async function* piecesOf(input: string, setup: ReadingsSetup): AsyncGenerator<Piece> {
  if (input === '-') {
    for await (const chunk of setup.stdin) yield { kind: 'bytes', bytes: typeof chunk === 'string' ? Buffer.from(chunk) : chunk }
    yield { kind: 'end', stillWritten: false }
    return
  }
  const handle = await opened(input, resolve(setup.cwd, input))
  try {
    const stats = await handle.stat()
    // A regular file is read as it was when it was opened, so that what is appended meanwhile is for the next run whole.
    let left = stats.isFile() ? stats.size : Number.POSITIVE_INFINITY
    const memory = Buffer.allocUnsafe(PIECE_BYTES)
    while (left > 0) {
      const { bytesRead } = await read(input, handle, memory, Math.min(left, PIECE_BYTES))
      if (bytesRead === 0) break
      left -= bytesRead
      yield { kind: 'bytes', bytes: memory.subarray(0, bytesRead) }
    }
    yield { kind: 'end', stillWritten: stats.isFile() && isFresh(stats, setup.nowMs) }
  } finally {
    await handle.close()
  }
}

/** Whether a file was written to just now. A time well after the clock's says that the clock was set back, not that. */
function isFresh(stats: Stats, nowMs: number): boolean {
  return Math.abs(nowMs - stats.mtimeMs) < STILL_MS
}

/** The finished CSV files of a directory, earliest first timestamp first. */
async function filesOf(directory: string, path: string, setup: ReadingsSetup, files: FileOutcome[]): Promise<string[]> {
  const found: { readonly file: string; readonly firstMs: number }[] = []
  for (const name of (await readdir(path)).sort()) {
    const file = `${directory.replace(/\/+$/, '')}/${name}`
    const stats = await stat(resolve(path, name)).catch(() => null)
    if (stats === null || !stats.isFile()) continue
    if (name.startsWith('.') || !/\.(csv|tsv|txt)$/i.test(name)) files.push({ kind: 'ignored', file })
    else if (isFresh(stats, setup.nowMs)) files.push({ kind: 'fresh', file })
    else {
      try {
        found.push({ file, firstMs: firstInstant(file, await beginningOf(file, resolve(path, name)), setup.columns) ?? 0 })
      } catch (error) {
        if (!(error instanceof InputFailure)) throw error
        files.push({ kind: 'failed', file, reason: error.message })
      }
    }
  }
  return found.sort((a, b) => a.firstMs - b.firstMs).map(({ file }) => file)
}

async function beginningOf(file: string, path: string): Promise<Uint8Array> {
  const handle = await opened(file, path)
  try {
    const memory = Buffer.alloc(BEGINNING_BYTES)
    const { bytesRead } = await read(file, handle, memory, BEGINNING_BYTES)
    return memory.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

async function read(file: string, handle: FileHandle, memory: Buffer, length: number): Promise<{ bytesRead: number }> {
  return handle.read(memory, 0, length).catch((cause) => {
    throw new InputFailure({
      where: file,
      what: `cannot be read (${reasonOf(cause)})`,
      mend: 'check the disk or the mount',
      cause,
    })
  })
}

async function statOf(file: string, path: string): Promise<Stats> {
  return stat(path).catch((cause) => unopened(file, path, cause))
}

async function opened(file: string, path: string): Promise<FileHandle> {
  return open(path).catch((cause) => unopened(file, path, cause))
}

async function unopened(file: string, path: string, cause: NodeJS.ErrnoException): Promise<never> {
  if (cause.code === 'ENOENT') {
    const names = await readdir(dirname(path)).catch(() => [])
    const near = nearestName(basename(path), names)
    const mend = near === null ? 'give the path of a CSV file' : `did you mean ${near}?`
    throw new InputFailure({ where: file, what: 'does not exist', mend, cause })
  }
  if (cause.code === 'EACCES') {
    throw new InputFailure({ where: file, what: 'may not be read by this user', mend: 'allow it, or run as another user', cause })
  }
  throw new InputFailure({ where: file, what: `cannot be opened (${reasonOf(cause)})`, mend: 'check the path', cause })
}
