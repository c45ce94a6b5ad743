/** Readings oftener than this enter the windows as medians over it [ms]. */
const SLOT_MS = 300_000

/** Readings that one slot keeps; faster data are thinned evenly, so that state stays small. */
const SLOT_READINGS = 64

/** The five minutes that are being filled. */
export interface OpenSlot {
  /** Five-minute interval since 1970 that the readings lie in. */
  interval: number
  /** Running time that the readings stand for [ms]. */
  ms: number
  /** Readings seen; every `stride`-th of them is kept. */
  seen: number
  stride: number
  values: number[]
}

export function emptySlot(): OpenSlot {
  return { interval: 0, ms: 0, seen: 0, stride: 1, values: [] }
}

/** What a closed slot hands to the windows. */
export type SlotSink = (median: number, ms: number) => void

/**
 * Takes one reading into the slot and hands on what is complete: the slot before when the reading lies in another
 * five minutes, and the reading itself when it alone stands for five minutes or more. Source: ours.
 */
export function addToSlot(
  slot: OpenSlot,
  value: number,
  { timeMs, ms }: { readonly timeMs: number; readonly ms: number },
  closed: SlotSink,
): void {
  const interval = Math.floor(timeMs / SLOT_MS)
  const alone = ms >= SLOT_MS
  if (slot.seen > 0 && (alone || interval !== slot.interval)) closeSlot(slot, closed)
  slot.interval = interval
  slot.ms += ms
  if (slot.seen % slot.stride === 0) keep(slot, value)
  slot.seen += 1
  if (alone) closeSlot(slot, closed)
}

function keep(slot: OpenSlot, value: number): void {
  if (slot.values.length === SLOT_READINGS) {
    slot.values = slot.values.filter((_, index) => index % 2 === 0)
    slot.stride *= 2
    if (slot.seen % slot.stride !== 0) return
  }
  slot.values.push(value)
}

function closeSlot(slot: OpenSlot, closed: SlotSink): void {
  const median = medianOf(slot.values)
  const { ms } = slot
  slot.ms = 0
  slot.seen = 0
  slot.stride = 1
  slot.values = []
  closed(median, ms)
}

/** Median of values in any order, the mean of the middle two when their number is even. At least one value. */
export function medianOf(values: readonly number[]): number {
  const sorted = sortedCopy(values)
  const middle = values.length >> 1
  return values.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}

/** As many as a slot keeps at most are inserted one by one: it takes less than it takes to ask for a sort. */
const inserted = new Float64Array(SLOT_READINGS)

/** Good until it is asked for the next time. */
function sortedCopy(values: readonly number[]): Float64Array {
  if (values.length > SLOT_READINGS) return Float64Array.from(values).sort()
  for (let count = 0; count < values.length; count++) {
    const value = values[count] as number
    let at = count
    for (; at > 0 && (inserted[at - 1] as number) > value; at--) inserted[at] = inserted[at - 1] as number
    inserted[at] = value
  }
  return inserted
}
