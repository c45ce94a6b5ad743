import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import type { Severity } from '../../src/pump/status.ts'

const START = Date.UTC(2025, 6, 15)
const HOUR = 3_600_000

/** The n-th anomaly of a pump, an hour after the one before it. */
export function aRecord(n: number, status: Severity = 'Warning'): AnomalyRecord {
  const values = { flow: 41.5, head: 51.2, power: 14.9, efficiency: 55.3 }
  const bounds = { min: -8, max: 8 }
  return {
    sourceType: 'log',
    description: `Well 1: flow 17.2 % below its baseline (η, "${status}")`,
    siteId: 12,
    pumpId: 1,
    sensorId: 101,
    timestamp: new Date(START + n * HOUR).toISOString(),
    logValue: 41.5,
    additionalContext: {
      parameter: ['flow'],
      status,
      tolerance_category: '2B',
      all_deviations: { flow: -17.2, head: 0.1, power: -1e-7, efficiency: null },
      thresholds: { flow: bounds, head: bounds, power: { min: null, max: 8 }, efficiency: { min: -5, max: null } },
      baseline_values: values,
      current_values: values,
    },
    metadata: {
      modelName: 'well-1',
      modelVersion: '1.0.0',
      framework: 'onnx',
      model_type: 'classifier',
      tolerance_category: '2B',
      confidence: 0.91,
      prediction_rul_days: null,
      prediction_probability: 0.91,
      artifactVersion: '1.0.0',
      idempotencyKey: idOf(n),
    },
  }
}

export function idOf(n: number): string {
  return `anomaly-${String(n).padStart(6, '0')}`
}
