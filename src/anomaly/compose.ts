import { isoTime } from '../iso-time.ts'
import type { Prediction } from '../model/prediction.ts'
import type { Judgement } from '../pump/judgement.ts'
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
    timestamp: isoTime(judgement.timeMs),
    logValue: loggedValue(worst, judgement, prediction),
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
  return due.reduce((worst, parameter) => (severityOf(parameter, judgement) > severityOf(worst, judgement) ? parameter : worst))
}

/** Severities of findings on the scale of those of violations. */
const SEVERITY_OF_STATUS = { Normal: 0, Warning: 1, Critical: 1.5, Failure: 2 } as const

function severityOf(parameter: ReportedParameter, { violations, findings }: Judgement): number {
  const violation = isParameter(parameter) ? (violations[parameter]?.severity ?? 0) : 0
  const found = findings.filter(({ subject }) => subject === parameter).map(({ severity }) => SEVERITY_OF_STATUS[severity])
  return Math.max(violation, ...found)
}

function loggedValue(parameter: ReportedParameter, judgement: Judgement, prediction: Prediction | null): number {
  if (parameter === 'model') return prediction?.probability ?? prediction?.score ?? 0
  return (isParameter(parameter) ? judgement.measured[parameter] : null) ?? 0
}

function isParameter(name: ReportedParameter): name is Parameter {
  return (PARAMETERS as readonly string[]).includes(name)
}

function describe(
  pump: ReportedPump,
  status: Severity,
  judgement: Judgement,
  prediction: Prediction | null,
  due: readonly ReportedParameter[],
): string {
  const parts = due.flatMap((parameter) => [
    ...(parameter === 'model' ? [describePrediction(prediction)] : []),
    ...(isParameter(parameter) ? describeViolation(parameter, judgement) : []),
    ...judgement.findings.flatMap(({ subject, severity, text }) =>
      subject === parameter && severity !== 'Normal' ? [text] : [],
    ),
  ])
  const hint = due.some(isParameter) ? judgement.findings.find(({ kind }) => kind === 'hint') : undefined
  const meaning = hint === undefined ? '' : ` The pattern is ${hint.text} (${hint.source}).`
  return `${pump.name}: ${status}. ${parts.join('; ')}. Grade ${pump.grade}.${meaning}`
}

/** Such as `flow −13.4 % (49.63, baseline 57.31 m3/h; lower limit 0 %)`. */
function describeViolation(parameter: Parameter, { violations, measured, reference }: Judgement): string[] {
  const violation = violations[parameter]
  if (violation?.confirmed !== true) return []
  const limit = `${violation.threshold_type === 'min' ? 'lower' : 'upper'} limit ${signed(violation.threshold, 0)} %`
  const [value, baseline] = [measured[parameter], reference[parameter]]
  const values =
    value === null || baseline === null ? '' : `${short(value)}, baseline ${short(baseline)} ${QUANTITIES[parameter].unit}; `
  return [`${parameter} ${signed(violation.deviation, 1)} % (${values}${limit})`]
}

function describePrediction(prediction: Prediction | null): string {
  if (prediction === null) return 'model alarm'
  const score = prediction.score === null ? '' : `, score ${short(prediction.score)}`
  const confidence = prediction.confidence === null ? '' : ` with confidence ${prediction.confidence.toFixed(2)}`
  const life = prediction.rul_days === null ? '' : `, about ${short(prediction.rul_days)} days to live`
  return `the model predicts ${prediction.class}${confidence}${score}${life}`
}

const short = (value: number): string => String(Number(value.toPrecision(4)))

/** With its sign, and a minus that is as wide as a plus; up to `digits` after the point. */
function signed(value: number, digits: number): string {
  const text = digits === 0 ? String(Math.abs(value)) : Math.abs(value).toFixed(digits)
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}`
}
