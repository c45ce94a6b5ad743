import { createLocalClock } from './time-zone.ts'
import { timestampPattern } from './timestamp-pattern.ts'
import { type DayMonthOrder, readWrittenTimestamp, type TimestampParts } from './written-timestamp.ts'
import type { ZoneOffsets } from './zone-offsets.ts'

/** Turns the timestamps of one file into instants. */
export interface TimestampReader {
  /** Milliseconds since 1970-01-01 UTC; NaN when the cell holds no timestamp of the file's format. */
  read(text: string): number
}

export interface OrderEvidence {
  readonly order: DayMonthOrder
  /** false: nothing in the sample tells, and the order is the default. */
  readonly certain: boolean
  /** A timestamp of the sample that could be read both ways; null when there is none. */
  readonly example: string | null
}

/**
 * A reader for one file. `format` null: the formats that sites write (`written-timestamp.ts`), day and month in the
 * given order. Timestamps without a zone are local times of `timeZone`, whose offsets may have been `written` down.
 */
export function createTimestampReader(
  format: string | null,
  timeZone: string,
  order: DayMonthOrder,
  written?: ZoneOffsets,
): TimestampReader {
  const clock = createLocalClock(timeZone, written)
  const parts: TimestampParts = { localMs: 0, offsetMs: Number.NaN }
  const pattern = format === null ? null : timestampPattern(format)
  if (pattern?.kind === 'wrong') throw new Error(`timestamp format "${format}" ${pattern.what}; ${pattern.mend}`)
  const read =
    pattern === null ? (text: string) => readWrittenTimestamp(text, order, parts) : (text: string) => pattern.read(text, parts)
  return {
    read: (text) => {
      if (!read(text)) return Number.NaN
      return Number.isNaN(parts.offsetMs) ? clock.toUtc(parts.localMs) : parts.localMs - parts.offsetMs
    },
  }
}

const SHORT_DATE = /^\s*(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}/

/**
 * The order of day and month in a file, from its first rows: a number over 12 settles it; else the reading under
 * which the rows span the shorter time, since `05/31, 06/01` are neighbours and `31/05, 01/06` are too, each in its
 * own order only. When nothing tells, the month comes first (the format of the first sites), and `certain` is false.
 */
export function dayMonthOrder(sample: Iterable<string>): OrderEvidence {
  const spans = { 'month-first': createSpan('month-first'), 'day-first': createSpan('day-first') }
  let monthFirst = 0
  let dayFirst = 0
  let example: string | null = null
  for (const text of sample) {
    const found = SHORT_DATE.exec(text)
    if (found === null) continue
    const first = Number(found[1])
    const second = Number(found[2])
    if (first > 12) dayFirst++
    else if (second > 12) monthFirst++
    else if (first !== second) example ??= text.trim()
    spans['month-first'].add(text)
    spans['day-first'].add(text)
  }
  if (monthFirst !== dayFirst) return { order: dayFirst > monthFirst ? 'day-first' : 'month-first', certain: true, example }
  const difference = spans['day-first'].span() - spans['month-first'].span()
  if (difference !== 0) return { order: difference < 0 ? 'day-first' : 'month-first', certain: true, example }
  return { order: 'month-first', certain: example === null, example }
}

function createSpan(order: DayMonthOrder) {
  const parts: TimestampParts = { localMs: 0, offsetMs: Number.NaN }
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  return {
    add: (text: string) => {
      if (!readWrittenTimestamp(text, order, parts)) return
      least = Math.min(least, parts.localMs)
      most = Math.max(most, parts.localMs)
    },
    span: () => (most >= least ? most - least : 0),
  }
}
