import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import type { Anomaly } from '../../src/api/schemas.ts'
import type { Token } from '../../src/api/tokens.ts'

type Deeply<T> = T extends object ? { readonly [K in keyof T]: Deeply<T[K]> } : T

/** An anomaly of the device's type; `satisfies` makes the compiler say when that is no longer what the API takes. */
export function anomaly(changes: Partial<AnomalyRecord> = {}): AnomalyRecord {
  const record = {
    sourceType: 'log',
    description: 'Well 1: flow 31.0 % below the baseline',
    siteId: 12,
    pumpId: 1,
    sensorId: 101,
    timestamp: '2024-06-01T00:00:00.000Z',
    logValue: 39.5,
    additionalContext: {
      parameter: ['flow'],
      status: 'Failure',
      tolerance_category: '1U',
      all_deviations: { flow: -31, head: 1.5, power: null, efficiency: null },
      thresholds: {
        flow: { min: 0, max: 10 },
        head: { min: 0, max: 6 },
        power: { min: null, max: 10 },
        efficiency: { min: 0, max: null },
      },
      baseline_values: { flow: 57.3, head: 53, power: 14.9, efficiency: 55.3 },
      current_values: { flow: 39.5, head: 53.8, power: null, efficiency: null },
    },
    metadata: {
      modelName: 'well-1',
      modelVersion: '1.0.0',
      framework: 'onnx',
      model_type: 'classifier',
      tolerance_category: '1U',
      confidence: 0.91,
      prediction_rul_days: null,
      prediction_probability: 0.91,
      artifactVersion: '1.0.0',
      idempotencyKey: 'key',
    },
  } satisfies AnomalyRecord
  const whole: AnomalyRecord = { ...record, ...changes }
  return whole satisfies Deeply<Anomaly>
}

/** Everything that `fetch` needs for a POST of a JSON body. */
export function post(token: string, key: string, body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }
}

/** A line of a token file, as the help of `serve` describes it. */
export function tokenLine({ name, sites, sha256 }: Token): string {
  return `${name} ${sites === 'all' ? '*' : sites.join(',')} sha256:${sha256}`
}
