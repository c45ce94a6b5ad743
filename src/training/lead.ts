import type { Dataset } from './dataset.ts'
import { rounded } from './metrics.ts'

/** How early failures are announced and how often nothing is wrong, counted per run instead of per row. */
export interface LeadMetrics {
  /** Probability above which a failure class announces. */
  readonly confidence: number
  readonly failing_runs: number
  /** Share of failing runs announced at least seven days ahead; null without such runs. */
  readonly announced_7_days_ahead: number | null
  readonly median_days_ahead: number | null
  /** Announcements, each counted once however long, in healthy runs or more than 30 days before failure. */
  readonly false_announcements: number
  readonly pump_years_without_failure: number
}

const HOUR_MS = 3_600_000
const AHEAD_DAYS = 7
const FAR_DAYS = 30

/**
 * Counts announcements: readings where a failure class is more probable than `confidence`. A failing run counts from
 * the first announcement after which the failure class stays, readings of other opinion for less than a day aside.
 */
export function leadMetrics(
  dataset: Dataset,
  probabilities: ArrayLike<number>,
  failure: readonly number[],
  confidence: number,
): LeadMetrics {
  const classes = dataset.classes.length
  const announces = (row: number) => failure.some((c) => (probabilities[row * classes + c] as number) > confidence)
  const leads: number[] = []
  let falseOnes = 0
  let hours = 0
  for (const rows of rowsByRun(dataset)) {
    const fails = !Number.isNaN(dataset.rulDays[rows[0] as number] as number)
    if (fails) leads.push(daysAhead(dataset, rows, announces))
    const far = rows.filter((row) => !((dataset.rulDays[row] as number) <= FAR_DAYS))
    hours += far.length
    falseOnes += far.filter((row, i) => announces(row) && (i === 0 || !announces(far[i - 1] as number))).length
  }
  const ordered = leads.toSorted((a, b) => a - b)
  return {
    confidence,
    failing_runs: leads.length,
    announced_7_days_ahead: leads.length === 0 ? null : rounded(leads.filter((days) => days >= AHEAD_DAYS).length / leads.length),
    median_days_ahead: leads.length === 0 ? null : rounded(ordered[Math.floor(ordered.length / 2)] ?? 0),
    false_announcements: falseOnes,
    pump_years_without_failure: rounded(hours / 8766),
  }
}

/** Days before failure from which on it is announced without a break of a day or more; 0 when it is not at the end. */
function daysAhead({ rulDays, timesMs }: Dataset, rows: readonly number[], announces: (row: number) => boolean): number {
  let ahead = 0
  let last = Number.POSITIVE_INFINITY
  for (const row of rows.toReversed()) {
    const time = timesMs[row] as number
    if (announces(row)) {
      ahead = rulDays[row] as number
      last = time
    } else if (last - time >= 24 * HOUR_MS) break
  }
  return ahead
}

function rowsByRun({ runs }: Dataset): number[][] {
  const byRun = new Map<number, number[]>()
  for (const [row, run] of runs.entries()) {
    const rows = byRun.get(run)
    if (rows === undefined) byRun.set(run, [row])
    else rows.push(row)
  }
  return [...byRun.values()]
}
