import { expect, test } from 'vitest'
import { anomalyRates } from '../../src/training/anomaly-rates.ts'

const LABELS = Uint8Array.of(0, 0, 0, 0, 1, 2, 2, 1)

test('rates count any fault as an anomaly: 3 of 4 found, 1 of 4 healthy rows alarmed', () => {
  const alarms = new Set([0, 4, 5, 6])
  expect(anomalyRates(LABELS, 0, (row) => alarms.has(row))).toEqual({ f1: 0.75, false_alarm_rate: 0.25, missed_alarm_rate: 0.25 })
})

test('F1 alone flatters an alarm that never ends, its rates do not', () => {
  expect(anomalyRates(LABELS, 0, () => true)).toEqual({ f1: 0.6667, false_alarm_rate: 1, missed_alarm_rate: 0 })
  expect(anomalyRates(LABELS, 0, () => false)).toEqual({ f1: 0, false_alarm_rate: 0, missed_alarm_rate: 1 })
})

test('without healthy or anomalous rows their rate is unknown', () => {
  expect(anomalyRates(Uint8Array.of(0, 0), 0, () => false)).toMatchObject({ missed_alarm_rate: null })
  expect(anomalyRates(Uint8Array.of(1), 0, () => true)).toMatchObject({ false_alarm_rate: null })
})
