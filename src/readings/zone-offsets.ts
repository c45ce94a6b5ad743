/** Offset of a zone from UTC at an instant, both in milliseconds. */
export type OffsetAt = (utcMs: number) => number

/**
 * A zone's offsets over some decades, written down when the pump is packaged. To ask the tz database for one offset
 * costs a short run more than to judge its readings.
 */
export interface ZoneOffsets {
  /** ms since 1970-01-01 UTC; what lies outside of the range is asked of the tz database. */
  readonly from_ms: number
  readonly to_ms: number
  /** When an offset begins to hold and what it is, in order; the first holds from `from_ms`. */
  readonly changes: readonly (readonly [utcMs: number, offsetMs: number])[]
}

const FROM_MS = Date.UTC(2000, 0)
const TO_MS = Date.UTC(2060, 0)
/** Offsets that hold for less than this, of which the tz database has none in these decades, would be missed. */
const PROBE_MS = 7 * 86_400_000
/** Zones change their offsets on quarters of an hour of UTC. */
const QUARTER_MS = 900_000

/** Asks for all changes between 2000 and 2060: some thousand questions. */
export function writeDownOffsets(offsetAt: OffsetAt): ZoneOffsets {
  const changes: [number, number][] = [[FROM_MS, offsetAt(FROM_MS)]]
  for (let before = FROM_MS; before < TO_MS; before += PROBE_MS) {
    let [, offset] = changes.at(-1) as [number, number]
    const after = Math.min(before + PROBE_MS, TO_MS)
    // A week in which one change follows another is asked about again from the first one on.
    for (let at = before; offsetAt(after) !== offset; ) {
      at = firstOther(offsetAt, at, after, offset)
      offset = offsetAt(at)
      changes.push([at, offset])
    }
  }
  return { from_ms: FROM_MS, to_ms: TO_MS, changes }
}

/** The first quarter of an hour in (`low`, `high`] that has another offset, where `high` has. */
function firstOther(offsetAt: OffsetAt, low: number, high: number, offset: number): number {
  let [same, other] = [low, high]
  while (other - same > QUARTER_MS) {
    const middle = same + Math.floor((other - same) / QUARTER_MS / 2) * QUARTER_MS
    if (offsetAt(middle) === offset) same = middle
    else other = middle
  }
  return other
}

/** Reads what was written down; NaN outside of its range. */
export function readOffsets({ from_ms, to_ms, changes }: ZoneOffsets): OffsetAt {
  return (utcMs) => {
    if (!(utcMs >= from_ms && utcMs < to_ms)) return Number.NaN
    let [low, high] = [0, changes.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((changes[middle]?.[0] ?? 0) <= utcMs) low = middle
      else high = middle
    }
    return changes[low]?.[1] ?? Number.NaN
  }
}
