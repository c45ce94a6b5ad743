import type { Deviations, Parameter, PerParameter } from '../pump/quantities.ts'
import type { Severity } from '../pump/status.ts'

/** The body of `POST {base_url}/edge/anomalies`; the key order here is the order on the wire. */
export interface AnomalyRecord {
  readonly sourceType: 'log'
  readonly description: string
  readonly siteId: number
  readonly pumpId: number
  /** The sensor of the worst newly reportable parameter. */
  readonly sensorId: number
  /** Event time, ISO 8601 in UTC. */
  readonly timestamp: string
  /** The value of the worst newly reportable parameter, in its canonical unit. */
  readonly logValue: number
  readonly additionalContext: {
    readonly parameter: readonly ReportedParameter[]
    readonly status: Severity
    readonly tolerance_category: string
    readonly all_deviations: Deviations
    readonly thresholds: PerParameter<{ readonly min: number | null; readonly max: number | null }>
    readonly baseline_values: PerParameter<number | null>
    readonly current_values: PerParameter<number | null>
  }
  readonly metadata: {
    readonly modelName: string | null
    readonly modelVersion: string | null
    readonly framework: 'onnx'
    readonly model_type: string | null
    readonly tolerance_category: string
    readonly confidence: number | null
    readonly prediction_rul_days: number | null
    readonly prediction_probability: number | null
    readonly artifactVersion: string
    readonly idempotencyKey: string
  }
}

/** What a report is about: a parameter of the grade, the subject of a finding (a channel, say), or the model's prediction. */
export type ReportedParameter = Parameter | 'model' | (string & {})
