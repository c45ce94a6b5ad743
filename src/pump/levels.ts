/** A window says something that the reading does not only when it holds this many slots. */
const LEAST_SLOTS = 3

/** Slots, oldest first: their medians, and the running time that each stands for as runs of equal times. JSON. */
export interface SlotHistory {
  readonly values: readonly number[]
  readonly runs: readonly (readonly [ms: number, slots: number])[]
}

/** Rolling medians of one parameter over several windows of running time. */
export interface Levels {
  push(value: number, ms: number): void
  /** Median of each window; null until it is full. */
  readonly medians: readonly (number | null)[]
  /** Median of the longest window as far as it is filled; null before the first slot. */
  longestSoFar(): number | null
  /** Slots in the longest window. */
  slots(): number
  state(): SlotHistory
}

/** One window: where it starts in the shared history, the running time in it and its values in order. */
interface Window {
  readonly lengthMs: number
  start: number
  ms: number
  sorted: Float64Array
  count: number
}

/**
 * Rolling medians over windows of running time, each kept sorted: one value takes another's place with each slot.
 *
 * A window holds the newest slots that stand for its length, and is full once they do and number three or more.
 * Times are whole milliseconds, so sums are exact and continuing from `state()` gives the same bits. Source: ours.
 *
 * @param lengthsMs rising
 */
export function createLevels(lengthsMs: readonly number[], saved: SlotHistory | null): Levels {
  const values: number[] = [...(saved?.values ?? [])]
  const times: number[] = (saved?.runs ?? []).flatMap(([ms, slots]) => Array.from({ length: slots }, () => ms))
  const windows = lengthsMs.map((lengthMs) => filled(lengthMs, values, times))
  const medians = windows.map(medianOfFull)
  const longest = windows.at(-1)

  /** Whether a window would stand for its length without its oldest slot. */
  const isOutlived = ({ start, ms, lengthMs }: Window): boolean => ms - (times[start] as number) >= lengthMs

  /** Takes the oldest slot out of the time of a window, and returns its value. */
  const leaving = (window: Window): number => {
    window.ms -= times[window.start] as number
    return values[window.start++] as number
  }

  const push = (value: number, ms: number): void => {
    values.push(value)
    times.push(ms)
    for (let index = 0; index < windows.length; index++) {
      const window = windows[index] as Window
      window.ms += ms
      if (window.count > 0 && isOutlived(window)) replace(window, leaving(window), value)
      else insert(window, value)
      while (window.count > 1 && isOutlived(window)) remove(window, leaving(window))
      medians[index] = medianOfFull(window)
    }
    if (longest === undefined) values.length = times.length = 0
    else if (longest.start > 1024) forget(longest.start)
  }

  const forget = (count: number): void => {
    values.splice(0, count)
    times.splice(0, count)
    for (const window of windows) window.start -= count
  }

  return {
    push,
    medians,
    longestSoFar: () => (longest === undefined || longest.count === 0 ? null : middle(longest)),
    slots: () => longest?.count ?? 0,
    state: () => ({ values: values.slice(longest?.start ?? 0), runs: runsOf(times.slice(longest?.start ?? 0)) }),
  }
}

/** The window as it is once all slots were pushed, sorted at once: thousands of insertions would take each start longer. */
function filled(lengthMs: number, values: readonly number[], times: readonly number[]): Window {
  let ms = times.reduce((sum, time) => sum + time, 0)
  let start = 0
  while (start + 1 < values.length && ms - (times[start] as number) >= lengthMs) ms -= times[start++] as number
  const sorted = Float64Array.from(values.slice(start)).sort()
  return { lengthMs, start, ms, sorted, count: sorted.length }
}

/** null until the window is full. */
function medianOfFull(window: Window): number | null {
  return window.ms >= window.lengthMs && window.count >= LEAST_SLOTS ? middle(window) : null
}

function runsOf(times: readonly number[]): [ms: number, slots: number][] {
  const runs: [ms: number, slots: number][] = []
  for (const ms of times) {
    const run = runs.at(-1)
    if (run !== undefined && run[0] === ms) run[1] += 1
    else runs.push([ms, 1])
  }
  return runs
}

function middle({ sorted, count }: Window): number {
  const half = count >> 1
  return count % 2 === 1 ? (sorted[half] as number) : ((sorted[half - 1] as number) + (sorted[half] as number)) / 2
}

function insert(window: Window, value: number): void {
  if (window.count === window.sorted.length) {
    const larger = new Float64Array(Math.max(64, window.sorted.length * 2))
    larger.set(window.sorted)
    window.sorted = larger
  }
  const at = positionOf(window, value)
  window.sorted.copyWithin(at + 1, at, window.count)
  window.sorted[at] = value
  window.count += 1
}

/** A removal and an insertion, of which only what lies between the two has to move. */
function replace(window: Window, old: number, value: number): void {
  const { sorted } = window
  const from = positionOf(window, old)
  let to = positionOf(window, value)
  if (to > from) sorted.copyWithin(from, from + 1, to--)
  else sorted.copyWithin(to + 1, to, from)
  sorted[to] = value
}

function remove(window: Window, value: number): void {
  const at = positionOf(window, value)
  window.sorted.copyWithin(at, at + 1, window.count)
  window.count -= 1
}

/** First index whose value is not smaller. */
function positionOf({ sorted, count }: Window, value: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const half = (low + high) >> 1
    if ((sorted[half] as number) < value) low = half + 1
    else high = half
  }
  return low
}
