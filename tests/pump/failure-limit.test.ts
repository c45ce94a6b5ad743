import { expect, test } from 'vitest'
import { failureLimits } from '../../src/pump/failure-limit.ts'

const bounds = (min: number | null, max: number | null, mandatory: boolean) => ({ min, max, mandatory })

test('a parameter fails where its evidence reaches the severity of a Failure, and an optional one never', () => {
  const grade = {
    name: '2B',
    reason: '',
    bounds: {
      flow: bounds(-8, 8, true),
      head: bounds(-5, 5, true),
      power: bounds(null, 8, false),
      efficiency: bounds(-5, null, false),
    },
  }
  expect(failureLimits(grade, { guard_band: 2, failure_severity: 2 })).toEqual({
    flow: { min: -18, max: 18 },
    head: { min: -12, max: 12 },
    power: null,
    efficiency: null,
  })
})

test('a bound of zero takes its scale from the other side', () => {
  const grade = { name: '1U', reason: '', bounds: { flow: bounds(0, 10, true), head: null, power: null, efficiency: null } }
  expect(failureLimits(grade, { guard_band: 2, failure_severity: 1.5 }).flow).toEqual({ min: -7, max: 17 })
})
