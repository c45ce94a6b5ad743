import type { RulScale } from '../model/rul.ts'
import type { Dataset } from './dataset.ts'

/** Predictions above this share of the horizon claim nothing: lives beyond the horizon look like that too. */
const CLAIMED_SHARE = 0.9
const GROUPS = 15

/** What the regression learns: days to failure up to the horizon; a run without an end counts as beyond it. */
export function cappedLives({ rulDays }: Dataset, horizonDays: number): Float64Array {
  return rulDays.map((days) => (Number.isNaN(days) ? horizonDays : Math.min(days, horizonDays)))
}

/**
 * Measures 90 % intervals on out-of-bag predictions: rows in groups of like prediction, and of each group the 5 % and
 * 95 % quantiles of the true lives. Null when too few rows are near their end.
 */
export function fitRulScale(outOfBag: Float64Array, lives: Float64Array, horizonDays: number): RulScale | null {
  const rows = [...outOfBag.keys()].filter((row) => (outOfBag[row] as number) <= CLAIMED_SHARE * horizonDays)
  rows.sort((a, b) => (outOfBag[a] as number) - (outOfBag[b] as number) || a - b)
  if (rows.length < 20 * GROUPS) return null
  const groups = Array.from({ length: GROUPS }, (_, g) =>
    rows.slice(Math.floor((g * rows.length) / GROUPS), Math.floor(((g + 1) * rows.length) / GROUPS)),
  )
  const truths = groups.map((group) => Float64Array.from(group, (row) => lives[row] as number).sort())
  const predicted = groups.map((group) => round(group.reduce((sum, row) => sum + (outOfBag[row] as number), 0) / group.length))
  predicted[GROUPS - 1] = CLAIMED_SHARE * horizonDays
  const low = truths.map((truth) => round(truth[Math.floor(0.05 * truth.length)] as number))
  const high = truths.map((truth) => round(truth[Math.ceil(0.95 * truth.length) - 1] as number))
  return {
    horizon_days: horizonDays,
    predicted_days: predicted,
    low_days: low,
    high_days: high.map((days) => (days >= horizonDays ? null : days)),
  }
}

function round(days: number): number {
  return Math.round(days * 1000) / 1000
}
