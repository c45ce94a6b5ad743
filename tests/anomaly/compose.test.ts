import { describe, expect, test } from 'vitest'
import { composeAnomaly, type ReportedPump } from '../../src/anomaly/compose.ts'
import { anomalyId } from '../../src/anomaly/id.ts'
import { reportableParameters } from '../../src/anomaly/rules.ts'
import { isScoreAlarm, rememberScore } from '../../src/anomaly/score-alarm.ts'
import type { ReportingSettings } from '../../src/anomaly/settings.ts'
import { judgement, violation } from './judgements.ts'

const pump: ReportedPump = {
  name: 'Well 1',
  siteId: 12,
  pumpId: 1,
  sensorIds: { flow: 101, head: 102 },
  artifactVersion: '1.0.0',
  grade: '1U',
  bounds: {
    flow: { min: 0, max: 10, mandatory: true },
    head: { min: 0, max: 6, mandatory: true },
    power: { min: null, max: 10, mandatory: false },
    efficiency: null,
  },
  model: { name: 'forest', version: '1', kind: 'classifier' },
}
const reporting: ReportingSettings = {
  enabled: true,
  report_on_status: ['Failure'],
  debounce_minutes: 60,
  include_ml_predictions: true,
  min_confidence: 0.7,
  max_rul_days: 7,
}
const failing = judgement(
  'Failure',
  {
    flow: violation({ severity: 2 }),
    head: violation({ severity: 3, deviation: -12 }),
  },
  Date.UTC(2024, 5, 1),
)

describe('an anomaly', () => {
  test('has the identity of its site, pump and event time, and of nothing else', () => {
    const id = anomalyId(12, 1, Date.UTC(2024, 5, 1))
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(anomalyId(12, 1, Date.UTC(2024, 5, 1))).toBe(id)
    const others = [anomalyId(1, 21, Date.UTC(2024, 5, 1)), anomalyId(12, 2, Date.UTC(2024, 5, 1)), anomalyId(12, 1, 1)]
    expect(new Set([id, ...others]).size).toBe(4)
  })

  test('carries sensor and value of its most severe due parameter', () => {
    const record = composeAnomaly(pump, { judgement: failing, status: 'Failure', prediction: null }, ['flow', 'head'])
    expect([record.sensorId, record.logValue, record.timestamp]).toEqual([102, 50, '2024-06-01T00:00:00.000Z'])
    expect(record.metadata.idempotencyKey).toBe(anomalyId(12, 1, Date.UTC(2024, 5, 1)))
    expect(record.additionalContext.thresholds).toEqual({
      flow: { min: 0, max: 10 },
      head: { min: 0, max: 6 },
      power: { min: null, max: 10 },
      efficiency: { min: null, max: null },
    })
  })

  test('names only what is due, in words that a person reads', () => {
    const record = composeAnomaly(pump, { judgement: failing, status: 'Failure', prediction: null }, ['flow'])
    expect(record.additionalContext.parameter).toEqual(['flow'])
    expect(record.description).toBe('Well 1: Failure. flow −20.0 % (40, baseline 50 m3/h; lower limit 0 %). Grade 1U.')
  })

  test('of a finding carries its subject and its words', () => {
    const dry = { kind: 'operation', subject: 'flow', severity: 'Failure', text: 'runs without flow', source: 'ours' } as const
    const noted = { kind: 'sensor', subject: 'flow', severity: 'Normal', text: 'only noted', source: 'ours' } as const
    const found = { ...judgement('Failure'), findings: [dry, noted] }
    expect(reportableParameters(found, null, { failureClasses: [], scoreAlarm: false }, reporting)).toEqual(['flow'])
    const record = composeAnomaly(pump, { judgement: found, status: 'Failure', prediction: null }, ['flow'])
    expect(record.description).toBe('Well 1: Failure. runs without flow. Grade 1U.')
    expect(record.sensorId).toBe(101)
  })

  test('says what the pattern of deviations is consistent with, and where that comes from', () => {
    const hint = { kind: 'hint', subject: 'flow', severity: 'Normal', text: 'consistent with wear', source: 'a book' } as const
    const record = composeAnomaly(pump, { judgement: { ...failing, findings: [hint] }, status: 'Failure', prediction: null }, [
      'flow',
    ])
    expect(record.description).toMatch(/Grade 1U\. The pattern is consistent with wear \(a book\)\.$/)
  })

  test('of a parameter without a sensor is put down to the pump', () => {
    const record = composeAnomaly(
      pump,
      { judgement: judgement('Warning', { power: violation({ mandatory: false }) }), status: 'Warning', prediction: null },
      ['power'],
    )
    expect(record.sensorId).toBe(1)
  })
})

describe('an anomaly score', () => {
  test('raises an alarm when the median of the last 12 lies over the threshold, never before there are 12', () => {
    let recent: readonly number[] = []
    const alarms = [...Array(6).fill(0), ...Array(8).fill(1)].map((score: number) => {
      recent = rememberScore(recent, score)
      return isScoreAlarm(recent, 0.5)
    })
    expect(alarms.indexOf(true)).toBe(12)
    expect(recent).toHaveLength(12)
  })
})
