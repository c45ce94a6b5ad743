import type { Prediction } from '../model/prediction.ts'
import type { Judgement, Violation } from '../pump/judgement.ts'
import { PARAMETERS, type Parameter, type PerParameter, QUANTITIES } from '../pump/quantities.ts'
import type { Severity } from '../pump/status.ts'
import type { Bounds } from '../pump/tolerances.ts'
import { anomalyId } from './id.ts'
import type { AnomalyRecord, ReportedParameter } from './record.ts'

/** What an anomaly says of its pump, the same for every reading. */
export interface ReportedPump {
  readonly name: string
  readonly siteId: number
  readonly pumpId: number
  readonly sensorIds: Readonly<Record<string, number>>
  readonly artifactVersion: string
  readonly grade: string
  readonly bounds: PerParameter<Bounds | null>
  readonly model: { readonly name: string; readonly version: string; readonly kind: string } | null
}

/** The record of a reading whose `due` parameters (at least one) are reported now. */
export function composeAnomaly(
  pump: ReportedPump,
  reading: { readonly judgement: Judgement; readonly status: Severity; readonly prediction: Prediction | null },
  due: readonly ReportedParameter[],
): AnomalyRecord {
  const { judgement, status, prediction } = reading
  const id = anomalyId(pump.siteId, pump.pumpId, judgement.timeMs)
  const worst = worstOf(due, judgement)
  const thresholds = Object.fromEntries(
    PARAMETERS.map((parameter) => {
      const bounds = pump.bounds[parameter]
      return [parameter, { min: bounds?.min ?? null, max: bounds?.max ?? null }]
    }),
  ) as Record<Parameter, { min: number | null; max: number | null }>
  return {
    sourceType: 'log',
    description: describe(pump, status, judgement, prediction, due),
    siteId: pump.siteId,
    pumpId: pump.pumpId,
    sensorId: pump.sensorIds[worst] ?? pump.pumpId,
    timestamp: new Date(judgement.timeMs).toISOString(),
    logValue: worst === 'model' ? (prediction?.probability ?? prediction?.score ?? 0) : (judgement.measured[worst] ?? 0),
    additionalContext: {
      parameter: due,
      status,
      tolerance_category: pump.grade,
      all_deviations: judgement.deviations,
      thresholds,
      baseline_values: judgement.reference,
      current_values: judgement.measured,
    },
    metadata: {
      modelName: pump.model?.name ?? null,
      modelVersion: pump.model?.version ?? null,
      framework: 'onnx',
      model_type: pump.model?.kind ?? null,
      tolerance_category: pump.grade,
      confidence: prediction?.confidence ?? null,
      prediction_rul_days: prediction?.rul_days ?? null,
      prediction_probability: prediction?.probability ?? null,
      artifactVersion: pump.artifactVersion,
      idempotencyKey: id,
    },
  }
}

/** The most severe of the due parameters; the first in the order of reports when equal. */
function worstOf(due: readonly ReportedParameter[], judgement: Judgement): ReportedParameter {
  const severity = (parameter: ReportedParameter): number =>
    parameter === 'model' ? 0 : (judgement.violations[parameter]?.severity ?? 0)
  return due.reduce((worst, parameter) => (severity(parameter) > severity(worst) ? parameter : worst))
}

function describe(
  pump: ReportedPump,
  status: Severity,
  judgement: Judgement,
  prediction: Prediction | null,
  due: readonly ReportedParameter[],
): string {
  const parts = due.map((parameter) => {
    if (parameter === 'model') return describePrediction(prediction)
    const violation = judgement.violations[parameter]
    return violation === undefined ? parameter : describeViolation(parameter, violation, judgement, pump)
  })
  return `${pump.name}: ${status}. ${parts.join('; ')}.`
}

function describeViolation(parameter: Parameter, violation: Violation, judgement: Judgement, pump: ReportedPump): string {
  const { symbol, unit } = QUANTITIES[parameter]
  const measured = judgement.measured[parameter]
  const baseline = judgement.reference[parameter]
  const side = violation.threshold_type === 'min' ? 'lower' : 'upper'
  const values =
    measured === null || baseline === null ? '' : ` (${symbol} ${short(measured)} against ${short(baseline)} ${unit})`
  return `${parameter} ${signed(violation.deviation)} % from baseline${values}, ${side} limit ${signed(violation.threshold)} % of grade ${pump.grade}`
}

function describePrediction(prediction: Prediction | null): string {
  if (prediction === null) return 'model alarm'
  const score = prediction.score === null ? '' : `, score ${short(prediction.score)}`
  const confidence = prediction.confidence === null ? '' : ` with confidence ${prediction.confidence.toFixed(2)}`
  const life = prediction.rul_days === null ? '' : `, about ${short(prediction.rul_days)} days to live`
  return `the model predicts ${prediction.class}${confidence}${score}${life}`
}

const short = (value: number): string => String(Number(value.toPrecision(4)))
const signed = (value: number): string => (value > 0 ? `+${value.toFixed(1)}` : value.toFixed(1).replace('-', '−'))
