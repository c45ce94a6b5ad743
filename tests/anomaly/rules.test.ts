import { describe, expect, test } from 'vitest'
import { reportableParameters, statusWithModel } from '../../src/anomaly/rules.ts'
import type { ReportingSettings } from '../../src/anomaly/settings.ts'
import type { Prediction } from '../../src/model/prediction.ts'
import { judgement, violation } from './judgements.ts'

const settings: ReportingSettings = {
  enabled: true,
  report_on_status: ['Warning', 'Critical', 'Failure'],
  debounce_minutes: 60,
  include_ml_predictions: true,
  min_confidence: 0.7,
  max_rul_days: 7,
}
const quiet = { failureClasses: ['wear'], scoreAlarm: false }
const prediction = (over: Partial<Prediction>): Prediction => ({
  class: 'wear',
  probability: 0.9,
  probabilities: { normal: 0.1, wear: 0.9 },
  confidence: 0.9,
  score: null,
  rul_days: 3,
  rul_interval: null,
  source: 'model',
  ...over,
})

describe('what is worth reporting', () => {
  test('a confirmed violation of a mandatory parameter is, even when its status is not listed', () => {
    const failing = judgement('Warning', { flow: violation() })
    expect(reportableParameters(failing, null, quiet, settings)).toEqual(['flow'])
    expect(reportableParameters(failing, null, quiet, { ...settings, report_on_status: ['Failure'] })).toEqual(['flow'])
  })

  test('a confirmed violation of an optional parameter is only when its status is listed', () => {
    const warning = judgement('Warning', { power: violation({ mandatory: false }) })
    expect(reportableParameters(warning, null, quiet, settings)).toEqual(['power'])
    expect(reportableParameters(warning, null, quiet, { ...settings, report_on_status: ['Failure'] })).toEqual([])
  })

  test('an unconfirmed violation, an idle pump and a pump that is not judged are not', () => {
    expect(reportableParameters(judgement('Normal', { flow: violation({ confirmed: false }) }), null, quiet, settings)).toEqual(
      [],
    )
    for (const status of ['Idle', 'Not judged'] as const) {
      expect(reportableParameters(judgement(status, { flow: violation() }), prediction({}), quiet, settings)).toEqual([])
    }
  })

  test('nothing is when reporting is off', () => {
    const failing = judgement('Failure', { flow: violation() })
    expect(reportableParameters(failing, prediction({}), quiet, { ...settings, enabled: false })).toEqual([])
  })

  test('a failure that the model foretells is, while the status is Normal', () => {
    expect(reportableParameters(judgement('Normal'), prediction({}), quiet, settings)).toEqual(['model'])
  })

  test.each([
    ['its class is no failure class', { class: 'normal' }, {}],
    ['its confidence is just the limit', { confidence: 0.7 }, {}],
    ['it has no confidence', { confidence: null }, {}],
    ['its remaining life is just the limit', { rul_days: 7 }, {}],
    ['its remaining life is unknown', { rul_days: null }, {}],
    ['predictions are not to be reported', {}, { include_ml_predictions: false }],
  ])('a prediction is not when %s', (_, predicted, set) => {
    expect(reportableParameters(judgement('Normal'), prediction(predicted), quiet, { ...settings, ...set })).toEqual([])
  })

  test('an anomaly score over its threshold is, and counts as Warning', () => {
    expect(reportableParameters(judgement('Warning'), null, { ...quiet, scoreAlarm: true }, settings)).toEqual(['model'])
    expect(statusWithModel('Normal', true)).toBe('Warning')
    expect(statusWithModel('Failure', true)).toBe('Failure')
    expect(statusWithModel('Idle', true)).toBe('Idle')
  })
})
