import { isoTime } from '../iso-time.ts'
import type { Prediction } from '../model/prediction.ts'
import type { Finding } from '../pump/finding.ts'
import type { Judgement, Violation } from '../pump/judgement.ts'
import type { Deviations, Parameter } from '../pump/quantities.ts'
import type { Status } from '../pump/status.ts'

/** One judged reading in the output file; the key order here is the order in the file. */
export interface ResultRecord {
  /** Event time, ISO 8601 in UTC. */
  readonly timestamp: string
  readonly status: Status
  /** Why the reading is Idle or not judged; null when it was judged. */
  readonly reason: string | null
  readonly deviations: Deviations
  readonly violations: Readonly<Partial<Record<Parameter, Violation>>>
  /** What was noticed of the pump's operation and of its sensors. */
  readonly findings: readonly Finding[]
  readonly prediction: Prediction | null
  /** Why there is no prediction; null when there is one. */
  readonly prediction_reason: string | null
  /** What the reading was compared with: baseline, definition of head, grade. */
  readonly basis: string
  /** True only once the API has acknowledged the anomaly of this reading. Stays the last key of its line. */
  readonly reported_to_api: boolean
}

export function resultRecord(
  judgement: Judgement,
  status: Status,
  predicted: { readonly prediction: Prediction | null; readonly reason: string | null },
  basis: string,
): ResultRecord {
  return {
    timestamp: isoTime(judgement.timeMs),
    status,
    reason: judgement.reason,
    deviations: judgement.deviations,
    violations: judgement.violations,
    findings: judgement.findings,
    prediction: predicted.prediction,
    prediction_reason: predicted.reason,
    basis,
    reported_to_api: false,
  }
}
