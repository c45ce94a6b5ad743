import { theilSen } from '../model/theil-sen.ts'

/** Whether values rise or fall with time, in parts that may be summed over pumps. */
export interface KendallSum {
  /** Pairs that rise less pairs that fall. */
  readonly s: number
  /** Variance of s when there is no trend. */
  readonly variance: number
}

const LEAST = 8
const NORMAL_95 = 1.959964

/**
 * Mann and Kendall's S with its variance, corrected for ties and for values that depend on their neighbours.
 *
 *     S = Σ_{i<j} sign(y_j − y_i)
 *     V = [n(n−1)(2n+5) − Σ t(t−1)(2t+5)]/18 · max(1, 1 + 2/(n(n−1)(n−2)) · Σ_k (n−k)(n−k−1)(n−k−2) ρ_k)
 *
 * y in order of time; t: sizes of groups of ties; ρ_k: autocorrelations of the ranks of y less its Theil–Sen line, only
 * those beyond ±1.96/√n. Fewer than 8 values tell nothing: null. We never let the correction narrow V, which the source
 * does: daily medians do not alternate by nature. Example: 1, 2, … 10 has S = 45 and V = 125. Sources: M. G. Kendall,
 * Rank Correlation Methods, 1975; K. H. Hamed and A. R. Rao, J. Hydrology 204, 1998.
 */
export function mannKendall(x: readonly number[], y: readonly number[]): KendallSum | null {
  const n = y.length
  if (n < LEAST) return null
  let s = 0
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign((y[j] as number) - (y[i] as number))
  const ties = new Map<number, number>()
  for (const value of y) ties.set(value, (ties.get(value) ?? 0) + 1)
  const tied = [...ties.values()].reduce((sum, t) => sum + t * (t - 1) * (2 * t + 5), 0)
  return { s, variance: ((n * (n - 1) * (2 * n + 5) - tied) / 18) * widening(x, y) }
}

function widening(x: readonly number[], y: readonly number[]): number {
  const n = y.length
  const { slope } = theilSen(x, y, 0)
  const ranks = ranksOf(y.map((value, i) => value - slope * (x[i] as number)))
  const mean = (n + 1) / 2
  const squares = ranks.reduce((sum, rank) => sum + (rank - mean) ** 2, 0)
  if (squares === 0) return 1
  let sum = 0
  for (let k = 1; k < n; k++) {
    let product = 0
    for (let i = 0; i + k < n; i++) product += ((ranks[i] as number) - mean) * ((ranks[i + k] as number) - mean)
    const rho = product / squares
    if (Math.abs(rho) > NORMAL_95 / Math.sqrt(n)) sum += (n - k) * (n - k - 1) * (n - k - 2) * rho
  }
  return Math.max(1, 1 + (2 / (n * (n - 1) * (n - 2))) * sum)
}

/** Ranks from 1; ties share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number))
  const ranks = new Array<number>(values.length).fill(0)
  for (let start = 0; start < order.length; ) {
    let end = start
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[start] as number]) end++
    for (let place = start; place <= end; place++) ranks[order[place] as number] = (start + end) / 2 + 1
    start = end + 1
  }
  return ranks
}

/**
 * How probable so great an |S| is without a trend, two-sided, by the normal approximation with continuity correction.
 * Sums over pumps make the regional test (D. R. Helsel and L. M. Frans, Environ. Sci. Technol. 40, 2006).
 * Example: S = 45, V = 125: z = 3.94, p = 0.000083.
 */
export function significance({ s, variance }: KendallSum): { readonly z: number; readonly p: number } {
  const z = variance === 0 ? 0 : (s - Math.sign(s)) / Math.sqrt(variance)
  return { z, p: Math.min(1, complementaryError(Math.abs(z) / Math.SQRT2)) }
}

/** erfc(x) for x ≥ 0, to 1.2e-7 of itself (W. H. Press et al., Numerical Recipes, section 6.2, Chebyshev fit). */
function complementaryError(x: number): number {
  const t = 1 / (1 + 0.5 * x)
  const series = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277,
  ]
  const exponent = series.reduceRight((sum, coefficient) => coefficient + t * sum, 0)
  return t * Math.exp(-x * x + exponent)
}
