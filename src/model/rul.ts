import type { Prediction } from './prediction.ts'

/** What a model's remaining useful life is worth, measured on runs that its trees had not seen. */
export interface RulScale {
  /** Longest life that the model was shown [d]; whatever is longer looks the same to it. */
  readonly horizon_days: number
  /** Knots: predicted life, rising [d]. */
  readonly predicted_days: readonly number[]
  /** 5 % of the true lives were below it [d]. */
  readonly low_days: readonly number[]
  /** 5 % of the true lives were above it [d]; null: beyond the horizon. */
  readonly high_days: readonly (number | null)[]
}

/**
 * The life that a model predicts, with its 90 % interval from the scale, linear between knots. A life beyond the last
 * knot is unknown rather than long: the model has never seen the end of one. Without a scale there is no interval.
 * Source: ours (split-conformal intervals by groups of the prediction).
 */
export function modelLife(days: number, scale: RulScale | null): Pick<Prediction, 'rul_days' | 'rul_interval' | 'source'> {
  const rul = Math.max(0, days)
  if (scale === null || scale.predicted_days.length < 2) return { rul_days: rul, rul_interval: null, source: 'model' }
  const { predicted_days: knots, low_days: low, high_days: high } = scale
  if (rul > (knots.at(-1) ?? 0)) return { rul_days: null, rul_interval: null, source: null }
  const above = Math.max(
    1,
    knots.findIndex((knot) => knot >= rul),
  )
  const [from, to] = [knots[above - 1] as number, knots[above] as number]
  const share = Math.min(1, Math.max(0, (rul - from) / (to - from)))
  const between = (a: number, b: number) => a + share * (b - a)
  const [highFrom, highTo] = [high[above - 1] as number | null, high[above] as number | null]
  const lowest = Math.min(rul, between(low[above - 1] as number, low[above] as number))
  const highest = highFrom === null || highTo === null ? null : Math.max(rul, between(highFrom, highTo))
  return { rul_days: rul, rul_interval: [lowest, highest], source: 'model' }
}
