import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ResultRecord } from '../../src/edge/result.ts'
import { createResultLines } from '../../src/edge/result-line.ts'

const value = fc.option(fc.double(), { nil: null })
const severity = fc.constantFrom('Normal', 'Warning', 'Critical', 'Failure')
const violation = fc.record({
  deviation: fc.double(),
  threshold: fc.double(),
  threshold_type: fc.constantFrom('min', 'max'),
  mandatory: fc.boolean(),
  confirmed: fc.boolean(),
  severity: value,
})
const finding = fc.record({
  kind: fc.constantFrom('operation', 'region', 'sensor', 'vibration', 'hint'),
  subject: fc.string({ unit: 'binary' }),
  severity,
  text: fc.string({ unit: 'binary' }),
  source: fc.string(),
})
const prediction = fc.record({
  class: fc.string(),
  confidence: value,
  score: value,
  rul_days: value,
  rul_interval: fc.option(fc.tuple(fc.double(), value), { nil: null }),
  source: fc.constantFrom('model', 'trend'),
})
// Keys in the order in which `resultRecord` makes them: it is the order in the file.
const record = fc.record(
  {
    timestamp: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
    status: fc.oneof(severity, fc.constantFrom('Idle', 'Not judged')),
    reason: fc.option(fc.string({ unit: 'binary' }), { nil: null }),
    deviations: fc.record({ flow: value, head: value, power: value, efficiency: value }, { noNullPrototype: true }),
    violations: fc.record({ flow: violation, head: violation }, { requiredKeys: [], noNullPrototype: true }),
    findings: fc.array(finding, { maxLength: 3 }),
    prediction: fc.option(prediction, { nil: null }),
    prediction_reason: fc.option(fc.string({ unit: 'binary' }), { nil: null }),
    basis: fc.string({ unit: 'binary' }),
    reported_to_api: fc.boolean(),
  },
  { noNullPrototype: true },
)

test('a line is the JSON of its record, whatever records come one after the other', () => {
  fc.assert(
    fc.property(
      fc.array(record, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat({ max: 3 }), { minLength: 1 }),
      (records, order) => {
        const lineOf = createResultLines()
        for (const which of order) {
          const one = records[which % records.length] as ResultRecord
          expect(lineOf(one)).toBe(JSON.stringify(one))
        }
      },
    ),
  )
})
