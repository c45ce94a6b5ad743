/** A straight line through points, robust against outliers. */
export interface RobustLine {
  /** Median of the slopes of all pairs. */
  readonly slope: number
  /** Confidence interval of the slope. */
  readonly slopeLow: number
  readonly slopeHigh: number
  /** Whether that interval leaves out 0. */
  readonly isClear: boolean
  /** Value of the line at x = 0. */
  readonly intercept: number
}

/**
 * The Theil–Sen line: its slope is the median of the slopes of all pairs of points, its intercept the median of
 * y − slope·x. Up to 29 % of the points may be wild without harm.
 *
 *     C = z·√(n(n−1)(2n+5)/18)      interval: the slopes of rank (N − C)/2 and (N + C)/2 of N pairs
 *
 * x rising, y of equal length n ≥ 2; z is the normal quantile of the interval. The interval holds for independent
 * points; z is to be raised for points that depend on each other. Example: y = 1, 3, 5, 7, 100 at x = 0…4 has the
 * slope 2 of its first four points and the intercept 1. Source: P. K. Sen, Estimates of the regression coefficient
 * based on Kendall's tau, JASA 63, 1968.
 */
export function theilSen(x: readonly number[], y: readonly number[], z: number): RobustLine {
  const n = x.length
  const slopes = new Float64Array((n * (n - 1)) / 2)
  let pairs = 0
  let falling = 0
  let rising = 0
  for (let i = 0; i < n; i++) {
    for (let j = i + 1; j < n; j++) {
      const step = (x[j] as number) - (x[i] as number)
      if (!(step > 0)) continue
      const slope = ((y[j] as number) - (y[i] as number)) / step
      slopes[pairs++] = slope
      if (slope < 0) falling++
      else if (slope > 0) rising++
    }
  }
  const reach = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18)
  const place = (position: number) => Math.min(pairs - 1, Math.max(0, Math.round(position)))
  const low = place((pairs - reach) / 2 - 1)
  const high = place((pairs + reach) / 2)
  // Put in order where a slope is asked for: of most lines it is enough to know that they lead nowhere.
  const inOrder = once(() => slopes.subarray(0, pairs).sort())
  return {
    get slope() {
      return medianOfSorted(inOrder())
    },
    get slopeLow() {
      return inOrder()[low] ?? Number.NaN
    },
    get slopeHigh() {
      return inOrder()[high] ?? Number.NaN
    },
    isClear: pairs > 0 && (falling > high || pairs - rising <= low),
    get intercept() {
      const { slope } = this
      return median(y.map((value, i) => value - slope * (x[i] as number)))
    },
  }
}

/** The middle value, or the mean of the two in the middle; NaN of nothing. */
export function median(values: readonly number[]): number {
  return medianOfSorted(new Float64Array(values).sort())
}

function medianOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1
  if (sorted.length % 2 === 1) return sorted[middle] as number
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}

function once<T>(make: () => T): () => T {
  let made: T | undefined
  return () => (made ??= make())
}
