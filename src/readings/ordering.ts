import type { Columns } from './columns.ts'
import { createPacking, type PackedReading, type Packing, TIME } from './packing.ts'
import { note, type RowTally } from './tally.ts'
import { type Batch, createWaiting, type Waiting } from './waiting.ts'

/** Rows that may stand at the wrong place by this many rows are put in order. */
const REORDER_ROWS = 1000
const TWICE = 'stands twice; the first row counts'
const DAY_MS = 86_400_000
/** Ours: longer than a program lies on a shelf or a pump stands still. */
const LONGEST_SILENCE_MS = 5 * 365 * DAY_MS
/** So many rows of one instant in a row are a clock that stands still, not a row that was written twice. */
const STUCK_ROWS = 10

export interface OrderingSetup {
  readonly columns: Pick<Columns, 'channels'>
  /** Readings at or before it were judged in an earlier run; null: none was. */
  readonly watermarkMs: number | null
  /** The device's clock. */
  readonly nowMs: number
  /** While the clock is before it, the clock is wrong, and only what lies years ahead of all that is known is from the future. */
  readonly buildTimeMs: number
}

/** Where a row stands in time, before its values are read. */
export type RowTime = 'wanted' | 'skipped'

export interface Ordering {
  /** How it takes readings. */
  readonly packing: Packing
  /** The rows of another file follow. */
  startFile(): void
  /** Decides about a row by its time alone; counts and names the ones that are not wanted. */
  admit(timeMs: number, at: RowPlace): RowTime
  /** Takes the reading of a wanted row; its numbers are copied. */
  add(reading: PackedReading, at: RowPlace): void
  /** Readings whose place is certain, in time order; each is handed out once. */
  take(): Batch
  /** All that is left, in time order. */
  takeRest(): Batch
}

export interface RowPlace {
  readonly file: string
  readonly line: number
  readonly column: string
  /** The timestamp as it stands in the file. */
  readonly value: string
}

/**
 * Puts readings in time order and passes each instant on once: the first row of an instant counts, and one that comes
 * after its time has been passed on is late. A row at or before the watermark was judged in an earlier run, unless it
 * stands behind a row of its file that is newer: files grow at their ends, so the earlier run saw neither, and it is
 * late as well.
 */
export function createOrdering(setup: OrderingSetup, tally: RowTally): Ordering {
  const watermarkMs = setup.watermarkMs ?? Number.NEGATIVE_INFINITY
  const horizon = horizonOf(setup)
  const packing = createPacking(Object.keys(setup.columns.channels))
  /** The place of those before `first` is certain, as nothing older is admitted any more. */
  const waiting = createWaiting(packing)
  let first = 0
  let newestTaken = watermarkMs
  let newerInFile = false
  const sameInstant = { timeMs: Number.NaN, rows: 0 }

  /** Warns once of each stretch of rows in which the timestamp does not move. */
  function watchClock(timeMs: number, { file, line, value }: RowPlace): void {
    sameInstant.rows = timeMs === sameInstant.timeMs ? sameInstant.rows + 1 : 1
    sameInstant.timeMs = timeMs
    if (sameInstant.rows !== STUCK_ROWS) return
    const since = `has stood still at "${value}" for ${STUCK_ROWS} rows up to line ${line}`
    tally.warnings.push(`${file}: the timestamp ${since}; rows of one instant count once, so check the clock of the logger`)
  }

  function admit(timeMs: number, at: RowPlace): RowTime {
    watchClock(timeMs, at)
    if (timeMs > horizon.ms) {
      note(tally, { kind: 'future', ...at, what: horizon.what })
      return 'skipped'
    }
    if (timeMs > watermarkMs) newerInFile = true
    if (timeMs > newestTaken) return 'wanted'
    if (timeMs <= watermarkMs && !newerInFile) tally.alreadyJudged++
    else if (timeMs === newestTaken || timeMs === watermarkMs) note(tally, { kind: 'duplicate', ...at, what: TWICE })
    else if (timeMs < watermarkMs) note(tally, { kind: 'late', ...at, what: 'comes after newer rows were judged' })
    else note(tally, { kind: 'late', ...at, what: `comes more than ${REORDER_ROWS} rows after newer ones` })
    return 'skipped'
  }

  function add(reading: PackedReading, at: RowPlace): void {
    const timeMs = reading[TIME] as number
    const size = waiting.size()
    const isNewest = size === 0 || timeMs > waiting.timeMsAt(size - 1)
    const index = isNewest ? size : placeFor(waiting, first, timeMs)
    if (index < size && waiting.timeMsAt(index) === timeMs) {
      note(tally, { kind: 'duplicate', ...at, what: TWICE })
      return
    }
    waiting.insert(index, reading)
    // Row by row, so that the same rows give the same readings however the input was cut into pieces.
    if (waiting.size() - first > REORDER_ROWS) newestTaken = waiting.timeMsAt(first++)
  }

  function handOut(count: number): Batch {
    first = 0
    if (count > 0) {
      newestTaken = waiting.timeMsAt(count - 1)
      tally.watermarkMs = newestTaken
    }
    tally.readings += count
    return waiting.take(count)
  }

  const startFile = () => {
    newerInFile = false
    sameInstant.timeMs = Number.NaN
  }

  return { packing, startFile, admit, add, take: () => handOut(first), takeRest: () => handOut(waiting.size()) }
}

/** Until when a row can be right, and what is said of one that is later. */
function horizonOf({ watermarkMs, nowMs, buildTimeMs }: OrderingSetup): { readonly ms: number; readonly what: string } {
  if (nowMs >= buildTimeMs) return { ms: nowMs + DAY_MS, what: "is more than a day after this device's clock" }
  const knownMs = Math.max(buildTimeMs, watermarkMs ?? buildTimeMs)
  const what = "is more than five years after all that was judged and the program's build; this device's clock is wrong"
  return { ms: knownMs + LONGEST_SILENCE_MS, what }
}

/** Index of the first reading at or after a time. */
function placeFor(waiting: Waiting, from: number, timeMs: number): number {
  let low = from
  let high = waiting.size()
  while (low < high) {
    const middle = (low + high) >>> 1
    if (waiting.timeMsAt(middle) < timeMs) low = middle + 1
    else high = middle
  }
  return low
}
