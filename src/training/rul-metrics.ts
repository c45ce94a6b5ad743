import type { Lives } from './answers.ts'
import { rounded } from './metrics.ts'

/** How well the remaining useful life is told, on rows where the model claims one. */
export interface RulMetrics {
  /** Rows with a claim and a true life. */
  readonly claimed_rows: number
  /** Rows whose true life is within the horizon. */
  readonly near_rows: number
  /** Errors count true lives beyond the horizon as the horizon; the coverage does not. */
  readonly rmse_days: number
  readonly mean_error_days: number
  /** Mean of the asymmetric score of the PHM 2008 challenge; a late prediction costs more than an early one. */
  readonly phm_score: number
  /** Share of true lives inside the 90 % interval; an open end holds everything above. */
  readonly interval_coverage: number
  /** Of the intervals without an open end. */
  readonly mean_interval_days: number | null
  /** RMSE of always saying the mean of the true lives. */
  readonly rmse_of_the_mean_days: number
}

/**
 * @param rulDays true lives [d], NaN where unknown or without end
 * @returns null when no row has both a claim and a known life
 */
export function rulMetrics(rulDays: Float64Array, lives: Lives, horizonDays: number): RulMetrics | null {
  const rows = [...rulDays.keys()].filter((row) => !Number.isNaN(rulDays[row]) && !Number.isNaN(lives.days[row]))
  if (rows.length === 0) return null
  const truths = rows.map((row) => rulDays[row] as number)
  const capped = truths.map((truth) => Math.min(truth, horizonDays))
  const errors = rows.map((row, i) => (lives.days[row] as number) - (capped[i] as number))
  const holds = rows.map(
    (row, i) => (truths[i] as number) >= (lives.low[row] as number) && (truths[i] as number) <= (lives.high[row] as number),
  )
  const closed = rows.filter((row) => Number.isFinite(lives.high[row]))
  const average = mean(capped)
  return {
    claimed_rows: rows.length,
    near_rows: rulDays.filter((truth) => truth <= horizonDays).length,
    rmse_days: rounded(Math.sqrt(mean(errors.map((error) => error * error)))),
    mean_error_days: rounded(mean(errors)),
    phm_score: rounded(mean(errors.map(phmScore))),
    interval_coverage: rounded(holds.filter(Boolean).length / rows.length),
    mean_interval_days:
      closed.length === 0 ? null : rounded(mean(closed.map((row) => (lives.high[row] as number) - (lives.low[row] as number)))),
    rmse_of_the_mean_days: rounded(Math.sqrt(mean(capped.map((truth) => (truth - average) ** 2)))),
  }
}

/**
 * exp(−d/13) − 1 for an early prediction (d < 0), exp(d/10) − 1 for a late one; d in days instead of cycles. Source:
 * Saxena et al., Damage propagation modeling for aircraft engine run-to-failure simulation, PHM 2008.
 */
function phmScore(error: number): number {
  return error < 0 ? Math.exp(-error / 13) - 1 : Math.exp(error / 10) - 1
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
