import type { Prediction } from '../model/prediction.ts'
import type { Judgement } from '../pump/judgement.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import { isSeverity, type Status } from '../pump/status.ts'
import type { ReportedParameter } from './record.ts'
import type { ReportingSettings } from './settings.ts'

/**
 * The parameters of a reading that are worth reporting, before the debounce has its say.
 *
 * 1. A mandatory parameter with a confirmed violation, whatever `report_on_status` lists.
 * 2. Any parameter with a confirmed violation, and the subject of any finding that is more than noted, when the
 *    status is one of `report_on_status`.
 * 3. `model`, when it predicts a failure class with more than `min_confidence` and fewer than `max_rul_days`
 *    to live; an unknown life satisfies no comparison. Also when an anomaly score is over its threshold
 *    (`scoreAlarm`). The status may be Normal.
 *
 * A pump that is off or runs where the baseline says nothing is not reported. Source: DESIGN, ours.
 */
export function reportableParameters(
  judgement: Judgement,
  prediction: Prediction | null,
  model: { readonly failureClasses: readonly string[]; readonly scoreAlarm: boolean },
  settings: ReportingSettings,
): ReportedParameter[] {
  const { status } = judgement
  if (!settings.enabled || !isSeverity(status)) return []
  // What is confirmed or more than noted makes a status worse than Normal.
  const reportable = status === 'Normal' ? [] : worseParameters(judgement, settings.report_on_status.includes(status))
  const foretold = prediction !== null && announcesFailure(prediction, model.failureClasses, settings)
  if (settings.include_ml_predictions && (foretold || model.scoreAlarm)) reportable.push('model')
  return reportable
}

function worseParameters({ violations, findings }: Judgement, listed: boolean): ReportedParameter[] {
  const worse: ReportedParameter[] = PARAMETERS.filter((parameter) => {
    const violation = violations[parameter]
    return violation?.confirmed === true && (violation.mandatory || listed)
  })
  for (const { subject, severity } of findings) {
    if (listed && severity !== 'Normal' && !worse.includes(subject)) worse.push(subject)
  }
  return worse
}

/** The status of a reading with the model's word in it: an anomaly score over its threshold counts as Warning. */
export function statusWithModel(status: Status, scoreAlarm: boolean): Status {
  return status === 'Normal' && scoreAlarm ? 'Warning' : status
}

function announcesFailure(prediction: Prediction, failureClasses: readonly string[], settings: ReportingSettings): boolean {
  return (
    failureClasses.includes(prediction.class) &&
    prediction.confidence !== null &&
    prediction.confidence > settings.min_confidence &&
    prediction.rul_days !== null &&
    prediction.rul_days < settings.max_rul_days
  )
}
