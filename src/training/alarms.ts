import { type Dataset, rowsByRun } from './dataset.ts'
import { rounded } from './metrics.ts'

/** How alarms lie in time, counted per run instead of per row. */
export interface AlarmMetrics {
  readonly failing_runs: number
  /** Shares of the failing runs; null without such runs. */
  readonly at_least_7_days_ahead: number | null
  readonly from_2_to_14_days_ahead: number | null
  readonly median_days_ahead: number | null
  /** Alarms in healthy runs or more than 30 days before failure; one that lasts counts once. */
  readonly false_alarms: number
  readonly pump_years_without_failure: number
  readonly false_alarms_per_pump_year: number
}

const HOUR_MS = 3_600_000
const HOURS_PER_YEAR = 8766
const FAR_DAYS = 30
/** Alarms of one day are one alarm: the same state is not news within it. */
const QUIET_MS = 24 * HOUR_MS

/**
 * Days before failure of the first alarm within 30 days of it, per failing run; 0 where there is none. An alarm counts
 * only where the truth is no longer the healthy class (the first one), so that a lucky false alarm finds nothing.
 */
export function daysAhead(dataset: Dataset, alarms: (row: number) => boolean): Map<number, number> {
  const ahead = new Map<number, number>()
  for (const [run, rows] of rowsByRun(dataset)) {
    if (Number.isNaN(dataset.rulDays[rows[0] as number] as number)) continue
    const first = rows.find((row) => dataset.labels[row] !== 0 && !isFar(dataset, row) && alarms(row))
    ahead.set(run, first === undefined ? 0 : (dataset.rulDays[first] as number))
  }
  return ahead
}

export function alarmMetrics(dataset: Dataset, alarms: (row: number) => boolean): AlarmMetrics {
  const leads = [...daysAhead(dataset, alarms).values()].sort((a, b) => a - b)
  let falseAlarms = 0
  let farRows = 0
  for (const rows of rowsByRun(dataset).values()) {
    let quietUntil = Number.NEGATIVE_INFINITY
    for (const row of rows) {
      if (!isFar(dataset, row)) continue
      farRows += 1
      if (!alarms(row)) continue
      const time = dataset.timesMs[row] as number
      if (time > quietUntil) falseAlarms += 1
      quietUntil = time + QUIET_MS
    }
  }
  const years = (farRows * rowHours(dataset)) / HOURS_PER_YEAR
  const share = (fits: (days: number) => boolean) =>
    leads.length === 0 ? null : rounded(leads.filter(fits).length / leads.length)
  return {
    failing_runs: leads.length,
    at_least_7_days_ahead: share((days) => days >= 7),
    from_2_to_14_days_ahead: share((days) => days >= 2 && days <= 14),
    median_days_ahead: leads.length === 0 ? null : rounded(leads[Math.floor(leads.length / 2)] as number),
    false_alarms: falseAlarms,
    pump_years_without_failure: rounded(years),
    false_alarms_per_pump_year: years === 0 ? 0 : rounded(falseAlarms / years),
  }
}

function isFar({ rulDays }: Dataset, row: number): boolean {
  return !((rulDays[row] as number) <= FAR_DAYS)
}

/** Median time between two readings of a run [h]. */
function rowHours(dataset: Dataset): number {
  const steps: number[] = []
  for (const rows of rowsByRun(dataset).values()) {
    for (let i = 1; i < rows.length; i++)
      steps.push((dataset.timesMs[rows[i] as number] as number) - (dataset.timesMs[rows[i - 1] as number] as number))
  }
  steps.sort((a, b) => a - b)
  return (steps[Math.floor(steps.length / 2)] ?? 0) / HOUR_MS
}
