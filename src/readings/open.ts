import { readdirSync, type Stats, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createBatchFile, firstInstant } from './batch-file.ts'
import type { Columns } from './columns.ts'
import { type FileOutcome, isBatchName, outcomeOf, readOutcome, type Settled } from './inbox.ts'
import { type BytesSetup, beginningOf, isFresh, type NamedInput, opened, piecesOf } from './input-bytes.ts'
import { createOrdering } from './ordering.ts'
import { type Finished, settle } from './settle.ts'
import { createTally, type RowTally } from './tally.ts'
import type { Batch } from './waiting.ts'

export interface ReadingsSetup extends BytesSetup {
  readonly columns: Columns
  /** Event time up to which earlier runs have judged; null: none has. */
  readonly watermarkMs: number | null
  readonly buildTimeMs: number
  /** Relative inputs start here. */
  readonly cwd: string
}

export interface OpenReadings {
  /** Readings in time order and canonical units, each instant once. Throws `InputFailure`. To be read once. */
  readonly batches: AsyncIterable<Batch>
  /** What became of the rows so far; final when `batches` has ended. */
  tally(): RowTally
  /** What became of the files of an inbox directory; empty for any other input. */
  files(): readonly FileOutcome[]
  /**
   * Clears the inbox once everything that was read is safe: files that were read move to its `processed/`, broken
   * ones to `failed/` with the reason beside them, each folder bounded by `maxBytes`, the oldest files going first. A
   * file that was written to meanwhile or has rows from the future stays. Never throws.
   */
  settle(maxBytes: number): Settled
}

interface Source extends NamedInput {
  /** A file of a directory: its faults are its own, and it can be moved. */
  readonly inbox: boolean
}

interface Placed {
  readonly source: Source
  readonly firstMs: number
  /** The file as it was before it was read; null for what is no file. */
  readonly stats: Stats | null
}

interface Run {
  readonly setup: ReadingsSetup
  readonly tally: RowTally
  readonly files: FileOutcome[]
  readonly finished: Finished[]
}

/**
 * Opens a batch of readings. An input is a file, a named pipe, `-` for standard input, or an inbox directory of which
 * every finished CSV file is read; several files are taken by their first timestamps. A broken file fails the run
 * before anything is read, in an inbox only itself.
 */
export function openReadings(input: string | readonly string[], setup: ReadingsSetup): OpenReadings {
  const run: Run = { setup, tally: createTally(setup.watermarkMs), files: [], finished: [] }
  return {
    batches: batchesOf(typeof input === 'string' ? [input] : input, run),
    tally: () => run.tally,
    files: () => run.files,
    settle: (maxBytes) => settle(run.finished, maxBytes),
  }
}

async function* batchesOf(inputs: readonly string[], run: Run): AsyncGenerator<Batch> {
  const ordering = createOrdering(run.setup, run.tally)
  for (const placed of inOrder(sourcesOf(inputs, run), run)) {
    const { source } = placed
    const file = createBatchFile(source.name, run.setup.columns, ordering, run.tally)
    const futureBefore = run.tally.future
    try {
      for await (const piece of piecesOf(source, run.setup)) {
        if (piece.kind === 'bytes') file.push(piece.bytes)
        else file.end(piece.stillWritten)
        const readings = ordering.take()
        if (readings.length > 0) yield readings
      }
      const ahead = run.tally.future - futureBefore
      if (source.inbox) conclude(placed, readOutcome(source.name, ahead), run)
    } catch (error) {
      if (!source.inbox) throw error
      conclude(placed, outcomeOf(source.name, error), run)
    }
  }
  const rest = ordering.takeRest()
  if (rest.length > 0) yield rest
}

/** Notes what became of a file of an inbox, and that it may be moved. */
function conclude({ source: { path }, stats }: Placed, outcome: FileOutcome, { files, finished }: Run): void {
  files.push(outcome)
  if (path === null || stats === null) return
  if (outcome.kind === 'read') finished.push({ path, stats, reason: null })
  else if (outcome.kind === 'failed') finished.push({ path, stats, reason: outcome.reason })
}

function sourcesOf(inputs: readonly string[], run: Run): Source[] {
  const sources: Source[] = []
  for (const input of inputs) {
    if (input === '-') {
      sources.push({ name: 'standard input', path: null, inbox: false })
      continue
    }
    const path = resolve(run.setup.cwd, input)
    const stats = opened(input, path, () => statSync(path))
    if (!stats.isDirectory()) sources.push({ name: input, path, inbox: false })
    else sources.push(...sourcesIn(input, path, run))
  }
  return sources
}

/** The finished CSV files of a directory. */
function sourcesIn(directory: string, path: string, { setup, files }: Run): Source[] {
  const sources: Source[] = []
  const names = opened(directory, path, () => readdirSync(path))
  for (const name of names.sort()) {
    const source = { name: join(directory, name), path: join(path, name), inbox: true }
    const stats = statOrNull(source.path)
    if (stats?.isFile() !== true) continue
    if (!isBatchName(name)) files.push({ kind: 'ignored', file: source.name })
    else if (isFresh(stats, setup.nowMs)) files.push({ kind: 'fresh', file: source.name })
    else sources.push(source)
  }
  return sources
}

/** By first timestamp, where there is more than one and it can be looked at; pipes come last. */
function inOrder(sources: readonly Source[], run: Run): Placed[] {
  const placed: Placed[] = []
  for (const source of sources) {
    const { name, path, inbox } = source
    const stats = path === null ? null : opened(name, path, () => statSync(path))
    const isFile = stats?.isFile() === true
    const place = { source, firstMs: Number.POSITIVE_INFINITY, stats: isFile ? stats : null }
    try {
      const looked = isFile && path !== null && (inbox || sources.length > 1)
      const firstMs = looked ? firstInstant(name, beginningOf(name, path), run.setup.columns) : null
      placed.push(firstMs === null ? place : { ...place, firstMs })
    } catch (error) {
      if (!inbox) throw error
      conclude(place, outcomeOf(name, error), run)
    }
  }
  return placed.sort((a, b) => (a.firstMs === b.firstMs ? 0 : a.firstMs - b.firstMs))
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path)
  } catch {
    return null
  }
}
