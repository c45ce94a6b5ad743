import type { DutyPoint } from './deviation.ts'
import type { Finding } from './finding.ts'

/** Flow below this share of the duty flow counts as none. Ours. */
const NO_FLOW_SHARE = 0.02
/** Head below this share of the duty head is that of a pump without liquid. Ours. */
const DRY_HEAD_SHARE = 0.3

/** Whether a pump that is known to run moves nothing. */
export function movesNothing(measured: DutyPoint, dutyFlowM3h: number | null): boolean {
  return measured.flow !== null && dutyFlowM3h !== null && measured.flow <= NO_FLOW_SHARE * dutyFlowM3h
}

/**
 * A running pump that moves nothing: closed valve, dry run, broken coupling. The first reading alone is a Warning, the
 * next one that agrees a Failure: heat has nowhere to go.
 *
 * @param duty flow and head to compare with at this speed; what is null tells less
 * @param readings readings in a row, this one included
 */
export function noFlowFinding(measured: DutyPoint, duty: DutyPoint, readings: number): Finding {
  const ratio = measured.head === null || duty.head === null ? null : measured.head / duty.head
  const cause =
    ratio === null
      ? 'closed valve, dry run or broken coupling'
      : ratio < DRY_HEAD_SHARE
        ? `with ${percent(ratio)} of the head, as in a dry run or with a broken coupling`
        : `with ${percent(ratio)} of the head, as against a closed valve`
  return {
    kind: 'operation',
    subject: 'flow',
    severity: readings < 2 ? 'Warning' : 'Failure',
    text: `the pump runs without flow (${measured.flow?.toFixed(1)} m³/h): ${cause}`,
    source: 'ours; HI 9.6.3 on operation below minimum flow',
  }
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)} %`
}
