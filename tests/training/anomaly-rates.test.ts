import { expect, test } from 'vitest'
import { ratesBeside } from '../../src/training/anomaly-rates.ts'
import { emptyAnswers } from '../../src/training/answers.ts'
import type { Dataset } from '../../src/training/dataset.ts'

const CLASSES = ['wear', 'normal', 'clogging']

/** Rows with a truth, what the model says, and whether the status rule and the last value raise an alarm. */
function rates(rows: readonly { truth: number; said: number; warned?: boolean; last?: boolean }[], hasGrade = true) {
  const answers = emptyAnswers(rows.length, CLASSES.length)
  for (const [row, { said }] of rows.entries()) answers.probabilities[row * CLASSES.length + said] = 1
  const dataset: Dataset = {
    features: ['flow'],
    classes: CLASSES,
    rows: rows.length,
    values: new Float64Array(rows.length),
    labels: Uint8Array.from(rows, ({ truth }) => truth),
    runs: new Int32Array(rows.length),
    runNames: ['run'],
    timesMs: new Float64Array(rows.length),
    rulDays: new Float64Array(rows.length),
    warned: Uint8Array.from(rows, ({ warned }) => (warned === true ? 1 : 0)),
    worstDeviations: new Float64Array(rows.length),
  }
  const lastValueAlarms = Uint8Array.from(rows, ({ last }) => (last === true ? 1 : 0))
  const trivial = { always_the_shares: answers.probabilities, nearest_mean: answers.probabilities }
  return ratesBeside({ answers, trivial, lastValueAlarms }, dataset, { normal: 'normal', hasGrade })
}

const ROWS = [
  { truth: 1, said: 1 },
  { truth: 1, said: 1 },
  { truth: 1, said: 1 },
  { truth: 1, said: 0, last: true },
  { truth: 0, said: 2, warned: true, last: true },
  { truth: 2, said: 2, last: true },
  { truth: 2, said: 0 },
  { truth: 0, said: 1 },
]

test('any fault counts as an anomaly, whichever it is called: 3 of 4 found, 1 of 4 healthy rows alarmed', () => {
  expect(rates(ROWS).model).toEqual({ f1: 0.75, false_alarm_rate: 0.25, missed_alarm_rate: 0.25 })
})

test('the rules that need no model are rated alike', () => {
  const { status_rule, last_value } = rates(ROWS)
  expect(status_rule).toEqual({ f1: 0.4, false_alarm_rate: 0, missed_alarm_rate: 0.75 })
  expect(last_value).toEqual({ f1: 0.5714, false_alarm_rate: 0.25, missed_alarm_rate: 0.5 })
  expect(rates(ROWS, false).status_rule).toBeNull()
})

test('F1 alone flatters an alarm that never ends, its rates do not', () => {
  expect(rates(ROWS).always_anomaly).toEqual({ f1: 0.6667, false_alarm_rate: 1, missed_alarm_rate: 0 })
  expect(rates(ROWS).always_normal).toEqual({ f1: 0, false_alarm_rate: 0, missed_alarm_rate: 1 })
})

test('without healthy or anomalous rows their rate is unknown', () => {
  expect(rates([{ truth: 1, said: 1 }]).model.missed_alarm_rate).toBeNull()
  expect(rates([{ truth: 0, said: 0 }]).model.false_alarm_rate).toBeNull()
})
