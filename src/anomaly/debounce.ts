import { isWorse, type Severity } from '../pump/status.ts'
import type { ReportedParameter } from './record.ts'

/** What the debounce remembers between readings and between runs. */
export interface DebounceState {
  /** Event time of the last report of each parameter [ms since 1970-01-01 UTC]. */
  readonly reported_ms: Readonly<Partial<Record<ReportedParameter, number>>>
  /** Status of the last report since the pump was Normal; null when there was none. */
  readonly reported_status: Severity | null
}

export const NOTHING_REPORTED: DebounceState = { reported_ms: {}, reported_status: null }

/**
 * Which of the reportable parameters are due now. All times are event times, so that a batch that comes late
 * is debounced as it would have been live.
 *
 * A parameter is not due again within `debounceMs` of its last report; exactly then it is. A status worse than
 * that of the last report makes all of them due. A Normal reading forgets the reports of parameters; that of
 * the model stays, since its alarms come while the status is Normal.
 */
export function debounce(
  state: DebounceState,
  reading: { readonly timeMs: number; readonly status: Severity; readonly reportable: readonly ReportedParameter[] },
  debounceMs: number,
): { readonly due: readonly ReportedParameter[]; readonly state: DebounceState } {
  const { timeMs, status, reportable } = reading
  const known = status === 'Normal' ? forgetParameters(state) : state
  if (reportable.length === 0) return { due: reportable, state: known }
  const escalated = known.reported_status === null || isWorse(status, known.reported_status)
  const due = reportable.filter((parameter) => {
    const last = known.reported_ms[parameter]
    return last === undefined || timeMs - last >= debounceMs || (escalated && status !== 'Normal')
  })
  if (due.length === 0) return { due, state: known }
  const reported_ms = { ...known.reported_ms }
  for (const parameter of due) reported_ms[parameter] = timeMs
  return { due, state: { reported_ms, reported_status: status } }
}

function forgetParameters(state: DebounceState): DebounceState {
  if (state === NOTHING_REPORTED) return state
  const { model } = state.reported_ms
  if (model === undefined) return NOTHING_REPORTED
  return { reported_ms: { model }, reported_status: null }
}
