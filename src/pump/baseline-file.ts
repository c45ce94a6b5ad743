import type { Baseline } from './baseline.ts'
import { type BaselineProblem, type BaselineRow, baselineEntries } from './baseline-rows.ts'
import { curveBaselineOf } from './curve-baseline.ts'
import type { Gauges } from './head.ts'
import { pointBaselineOf } from './point-baseline.ts'

export type BaselineOutcome =
  | { readonly kind: 'ok'; readonly baseline: Baseline; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

/**
 * The baseline of a pump from the rows of a site's file: one row is a duty point, five or more are a pump test.
 *
 * @param rows as papaparse gives them with `header: true`, empty lines left out
 * @param pump name to look for; files without a column of names hold one pump
 */
export function baselineFromRows(rows: readonly BaselineRow[], pump: string, gauges: Gauges): BaselineOutcome {
  const outcome = baselineEntries(rows, pump)
  if (outcome.kind === 'invalid') return outcome
  const { entries } = outcome
  const [first] = entries
  if (first !== undefined && entries.length === 1) return pointBaselineOf(first, pump, gauges)
  return curveBaselineOf(entries, pump, gauges)
}
