/** What one stretch of normal running time, as long as the longest window, tells of a parameter's variation. JSON. */
export interface SpreadPeriod {
  /** Slots that it was learned from. */
  readonly slots: number
  /** Running time that they stand for [ms]. */
  readonly ms: number
  /** Of each level, the reading first: sum of distances from the longest level, and how many. */
  readonly sums: readonly number[]
  readonly counts: readonly number[]
  /** The longest level at its end; null until it is over. */
  readonly level: number | null
}

export interface SpreadState {
  readonly past: readonly SpreadPeriod[]
  readonly current: SpreadPeriod
}

export interface SpreadSettings {
  /** [%] */
  readonly prior: number
  /** [windows] */
  readonly priorWeight: number
  readonly windowsMs: readonly number[]
  /** Periods that are remembered. */
  readonly periods: number
}

/** What a closed slot tells: its readings' distances, and the levels of the windows now. */
export interface SpreadLesson {
  readonly ms: number
  readonly readingSum: number
  readonly readingCount: number
  readonly medians: readonly (number | null)[]
  /** The level that the others are measured from. */
  readonly reference: number
}

export interface Spread {
  /** Spread of each level now [percentage points]: the reading, then each window. */
  readonly values: readonly number[]
  learn(lesson: SpreadLesson): void
  /** Slots that were learned from. */
  slots(): number
  state(): SpreadState
}

/** A standard deviation over the mean of distances, of a normal distribution: √(π/2). */
const SIGMA_OF_MEAN_DISTANCE = Math.sqrt(Math.PI / 2)
/** The same when the largest tenth of the distances is left out. */
const SIGMA_OF_TRIMMED_DISTANCE = 1.52
const TRIMMED_SHARE = 0.1
/** Distances count as at most this many spreads, so that a wild reading does not widen what it is judged by. */
const CLIP_SPREADS = 5
/** The spread never falls below this share of its prior. */
const LEAST_SHARE = 0.3

/**
 * How much each level of a parameter varies while it is normal.
 *
 *     s² = (w·s0² + n·s_within²)/(w + n) + m·s_between²/(w + m),  at least (0.3·s0)²
 *
 * s0 prior, w its weight; n windows of the level seen so far (slots, for the reading); s_within from the clipped mean
 * distance between the level and the longest level; s_between from the trimmed mean distance between the m pairs of
 * successive longest levels. Until the first period is over the spread does not fall below its prior, since distances
 * from a level that is still filling come out short. Result [percentage points]. A mean of distances, not a median:
 * on a quantised meter the median is 0. Source: ours.
 */
export function createSpread(settings: SpreadSettings, saved: SpreadState | null): Spread {
  const { prior, priorWeight, windowsMs } = settings
  const periodMs = windowsMs.at(-1) ?? 0
  let past: readonly SpreadPeriod[] = saved?.past ?? []
  let current = periodFrom(saved?.current ?? null, windowsMs.length + 1)
  let summary = summarise(past)
  const values = current.sums.map(() => prior)
  respread()

  function respread(): void {
    const between = summary.pairs === 0 ? 0 : (summary.pairs * summary.between ** 2) / (priorWeight + summary.pairs)
    const ms = summary.ms + current.ms
    const least = past.length === 0 ? prior : LEAST_SHARE * prior
    for (let level = 0; level < values.length; level++) {
      const count = (summary.counts[level] ?? 0) + (current.counts[level] as number)
      const isLongest = level === windowsMs.length
      const windows = count === 0 ? 0 : level === 0 ? summary.slots + current.slots : ms / (windowsMs[level - 1] as number)
      const sum = (summary.sums[level] ?? 0) + (current.sums[level] as number)
      const within = count === 0 ? 0 : (SIGMA_OF_MEAN_DISTANCE * sum) / count
      const n = isLongest ? summary.pairs : windows
      const mixed = (priorWeight * prior ** 2 + (isLongest ? 0 : n * within ** 2)) / (priorWeight + n)
      values[level] = Math.max(least, Math.sqrt(mixed + between))
    }
  }

  const add = (level: number, sum: number, count: number): void => {
    current.sums[level] = (current.sums[level] as number) + sum
    current.counts[level] = (current.counts[level] as number) + count
  }

  const learn = ({ ms, readingSum, readingCount, medians, reference }: SpreadLesson): void => {
    if (readingCount > 0) add(0, readingSum, readingCount)
    for (let index = 0; index < medians.length; index++) {
      const median = medians[index] as number | null
      if (median !== null) add(index + 1, clippedDistance(median, reference, values[index + 1] as number), 1)
    }
    current.slots += 1
    current.ms += ms
    if (current.ms >= periodMs) {
      const level = rounded(medians.at(-1) ?? reference)
      past = [...past, { ...periodOf(current), sums: current.sums.map(rounded), level }].slice(-settings.periods)
      current = periodFrom(null, windowsMs.length + 1)
      summary = summarise(past)
    }
    respread()
  }

  return {
    values,
    learn,
    slots: () => summary.slots + current.slots,
    state: () => ({ past, current: periodOf(current) }),
  }
}

/** A distance of a reading from the longest level, clipped for learning. */
export function clippedDistance(value: number, reference: number, spread: number): number {
  return Math.min(Math.abs(value - reference), CLIP_SPREADS * spread)
}

/** A thousandth of a percentage point is far below what any meter resolves, and keeps state small. Never −0. */
export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000 + 0
}

/** The period that is being learned from. */
interface OpenPeriod {
  slots: number
  ms: number
  sums: number[]
  counts: number[]
}

function periodFrom(saved: SpreadPeriod | null, levels: number): OpenPeriod {
  const zeros = Array.from({ length: levels }, () => 0)
  if (saved === null) return { slots: 0, ms: 0, sums: zeros, counts: [...zeros] }
  return { slots: saved.slots, ms: saved.ms, sums: [...saved.sums], counts: [...saved.counts] }
}

function periodOf({ slots, ms, sums, counts }: OpenPeriod): SpreadPeriod {
  return { slots, ms, sums: [...sums], counts: [...counts], level: null }
}

function summarise(past: readonly SpreadPeriod[]) {
  const levels = past[0]?.sums.length ?? 0
  const total = (of: (period: SpreadPeriod) => number): number => past.reduce((sum, period) => sum + of(period), 0)
  const distances = past
    .slice(1)
    .map((period, index) => Math.abs((period.level ?? 0) - (past[index]?.level ?? 0)))
    .sort((a, b) => a - b)
  const kept = distances.length < 5 ? distances : distances.slice(0, -Math.ceil(TRIMMED_SHARE * distances.length))
  const mean = kept.length === 0 ? 0 : kept.reduce((sum, distance) => sum + distance, 0) / kept.length
  const sigma = kept.length === distances.length ? SIGMA_OF_MEAN_DISTANCE : SIGMA_OF_TRIMMED_DISTANCE
  return {
    slots: total((period) => period.slots),
    ms: total((period) => period.ms),
    sums: Array.from({ length: levels }, (_, level) => total((period) => period.sums[level] ?? 0)),
    counts: Array.from({ length: levels }, (_, level) => total((period) => period.counts[level] ?? 0)),
    pairs: distances.length,
    // Successive levels differ by √2 of what one varies.
    between: (sigma * mean) / Math.SQRT2,
  }
}
