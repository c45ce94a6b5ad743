import { type OffsetAt, readOffsets, type ZoneOffsets } from './zone-offsets.ts'

const DAY_MS = 86_400_000
const QUARTER_MS = 900_000
/** Offsets lie between −12 h and +14 h, so the offset at a local time is one of those in force at these distances. */
const WEST_MS = 14 * 3_600_000
const EAST_MS = 12 * 3_600_000
const REMEMBERED_DAYS = 20_000

/** Local time of one zone to UTC, over the rows of one file. */
export interface LocalClock {
  /** Milliseconds on the zone's clock to milliseconds UTC. */
  toUtc(localMs: number): number
  /** A new file starts: what was remembered of the order of rows is forgotten. */
  restart(): void
}

/** Whether `zone` is a zone that this build knows: an IANA name or a fixed offset such as +02:00. */
export function isTimeZone(zone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-US', { timeZone: zone }))
  } catch {
    return false
  }
}

/**
 * A clock for timestamps that carry no zone. Offsets come from what the packager has written down of the zone, or from
 * the tz database inside the program, and are asked for once a local day, so a million rows cost a comparison each.
 *
 * When clocks go forward, the times that do not exist are read with the offset before the change (02:30 is 03:30
 * daylight time), as `Temporal` does it. When they go back, a time that exists twice is the first one until the
 * file itself steps back: by at least half the overlap, or, where rows are that far apart, by standing twice.
 */
export function createLocalClock(zone: string, written?: ZoneOffsets): LocalClock {
  const offsetAt = createOffsets(zone, written)
  const wholeDays = new Map<number, number>()
  let day = Number.NaN
  let dayOffset = Number.NaN
  const repeated = createRepeatedHour()

  /** The offset of a local day, NaN when it changes in or near that day. */
  function offsetOfDay(localDay: number): number {
    const known = wholeDays.get(localDay)
    if (known !== undefined) return known
    const before = offsetAt(localDay * DAY_MS - WEST_MS)
    const offset = before === offsetAt((localDay + 1) * DAY_MS + EAST_MS) ? before : Number.NaN
    if (wholeDays.size >= REMEMBERED_DAYS) wholeDays.clear()
    wholeDays.set(localDay, offset)
    return offset
  }

  function nearChange(localMs: number): number {
    const before = offsetAt(localMs - WEST_MS)
    const after = offsetAt(localMs + EAST_MS)
    const first = offsetAt(localMs - before) === before
    const second = offsetAt(localMs - after) === after
    const twice = first && second && before !== after
    if (repeated.isSecondPass(localMs, twice ? before - after : 0)) return localMs - after
    return localMs - (first || !second ? before : after)
  }

  return {
    toUtc: (localMs) => {
      const localDay = Math.floor(localMs / DAY_MS)
      if (localDay !== day) {
        day = localDay
        dayOffset = offsetOfDay(localDay)
      }
      return Number.isNaN(dayOffset) ? nearChange(localMs) : localMs - dayOffset
    },
    restart: repeated.restart,
  }
}

/** Tells the first pass through a repeated hour from the second by the order of rows around the change. */
function createRepeatedHour() {
  let last = Number.NaN
  let step = Number.NaN
  let second = false
  return {
    /** Takes every row of the days around a change; `overlapMs` is 0 outside the time that exists twice. */
    isSecondPass: (localMs: number, overlapMs: number): boolean => {
      const half = overlapMs / 2
      if (!(Math.abs(localMs - last) <= DAY_MS)) second = false
      else if (overlapMs > 0 && (last - localMs >= half || (localMs === last && step >= half))) second = true
      if (localMs !== last) step = localMs - last
      last = localMs
      return second && overlapMs > 0
    },
    restart: () => {
      last = Number.NaN
      step = Number.NaN
      second = false
    },
  }
}

/** The zone's offset from UTC at an instant [ms]. */
export function createOffsets(zone: string, written?: ZoneOffsets): OffsetAt {
  if (zone === 'UTC') return () => 0
  let asked: OffsetAt | null = null
  const ask: OffsetAt = (utcMs) => {
    asked ??= offsetsOfDatabase(zone)
    return asked(utcMs)
  }
  if (written === undefined) return ask
  const read = readOffsets(written)
  return (utcMs) => {
    const offset = read(utcMs)
    return Number.isNaN(offset) ? ask(utcMs) : offset
  }
}

function offsetsOfDatabase(zone: string): OffsetAt {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  const known = new Map<number, number>()
  return (utcMs) => {
    // Zones change their offsets on quarters of an hour of UTC.
    const quarter = Math.floor(utcMs / QUARTER_MS)
    const remembered = known.get(quarter)
    if (remembered !== undefined) return remembered
    const offset = offsetIn(format.format(quarter * QUARTER_MS))
    known.set(quarter, offset)
    return offset
  }
}

/** The offset at the end of `6/1/2024, GMT-07:00` [ms]; GMT alone is 0. */
function offsetIn(text: string): number {
  const found = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
  if (found === null) throw new Error(`no offset in "${text}"`)
  const seconds = Number(found[2] ?? 0) * 3600 + Number(found[3] ?? 0) * 60 + Number(found[4] ?? 0)
  return (found[1] === '-' ? -1 : 1) * seconds * 1000
}
