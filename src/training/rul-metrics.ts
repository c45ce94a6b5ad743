import { modelLife, type RulScale } from '../model/rul.ts'
import type { Dataset } from './dataset.ts'
import { rounded } from './metrics.ts'

/** How well the remaining useful life is told, on rows where the model claims one. */
export interface RulMetrics {
  /** Rows with a claim, of the rows whose true life is known and within the horizon. */
  readonly claimed_rows: number
  readonly known_rows: number
  /** Errors count true lives beyond the horizon as the horizon; the coverage does not. */
  readonly rmse_days: number
  readonly mean_error_days: number
  /** Mean of the asymmetric score of the PHM 2008 challenge; a late prediction costs more than an early one. */
  readonly phm_score: number
  /** Share of true lives inside the 90 % interval; an open end holds everything above. */
  readonly interval_coverage: number
  readonly mean_interval_days: number
  /** RMSE of always saying the mean of the true lives. */
  readonly rmse_of_the_mean_days: number
}

/** null when no row has both a claim and a known life. */
export function rulMetrics({ rulDays }: Dataset, predicted: ArrayLike<number>, scale: RulScale): RulMetrics | null {
  const within = (days: number) => days <= scale.horizon_days
  const known = [...rulDays.keys()].filter((row) => within(rulDays[row] as number))
  const claims = [...rulDays.keys()].flatMap((row) => {
    const { rul_days: days, rul_interval: interval } = modelLife(predicted[row] as number, scale)
    const truth = rulDays[row] as number
    return days === null || interval === null || Number.isNaN(truth)
      ? []
      : [{ days, low: interval[0], high: interval[1], truth, capped: Math.min(truth, scale.horizon_days) }]
  })
  if (claims.length === 0) return null
  const mean = (of: (claim: (typeof claims)[number]) => number) =>
    claims.reduce((sum, claim) => sum + of(claim), 0) / claims.length
  const average = mean(({ capped }) => capped)
  return {
    claimed_rows: claims.length,
    known_rows: known.length,
    rmse_days: rounded(Math.sqrt(mean(({ days, capped }) => (days - capped) ** 2))),
    mean_error_days: rounded(mean(({ days, capped }) => days - capped)),
    phm_score: rounded(mean(({ days, capped }) => phmScore(days - capped))),
    interval_coverage: rounded(mean(({ low, high, truth }) => (truth >= low && (high === null || truth <= high) ? 1 : 0))),
    mean_interval_days: rounded(mean(({ low, high }) => (high ?? scale.horizon_days) - low)),
    rmse_of_the_mean_days: rounded(Math.sqrt(mean(({ capped }) => (average - capped) ** 2))),
  }
}

/**
 * exp(−d/13) − 1 for an early prediction (d < 0), exp(d/10) − 1 for a late one; d in days instead of cycles. Source:
 * Saxena et al., Damage propagation modeling for aircraft engine run-to-failure simulation, PHM 2008.
 */
function phmScore(error: number): number {
  return error < 0 ? Math.exp(-error / 13) - 1 : Math.exp(error / 10) - 1
}
