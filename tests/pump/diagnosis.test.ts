import { expect, test } from 'vitest'
import { hintFor } from '../../src/pump/diagnosis.ts'
import type { Violation } from '../../src/pump/judgement.ts'
import type { Parameter } from '../../src/pump/quantities.ts'

type Deviations = Partial<Record<Parameter, number>>

/** Deviations of which those beyond 5 % are confirmed. */
function hint(kind: 'point' | 'curve', deviations: Deviations, suctionBar: number | null = null): string | null {
  const violations: Partial<Record<Parameter, Violation>> = {}
  for (const [parameter, deviation] of Object.entries(deviations) as [Parameter, number][]) {
    if (Math.abs(deviation) < 5) continue
    const threshold_type = deviation < 0 ? 'min' : 'max'
    violations[parameter] = { deviation, threshold: 5, threshold_type, mandatory: true, confirmed: true, severity: 1 }
  }
  const all = { flow: null, head: null, power: null, efficiency: null, ...deviations }
  return hintFor({ deviations: all, violations }, kind, suctionBar)?.text ?? null
}

test('on a curve, head down at about equal power is consistent with internal leakage', () => {
  expect(hint('curve', { head: -9, power: 0.5, efficiency: -9 })).toMatch(/^consistent with internal leakage through worn rings/)
})

test('on a curve, head and power both down is consistent with a clogged or smaller impeller', () => {
  expect(hint('curve', { head: -9, power: -8 })).toMatch(/clogged, worn down or too small/)
})

test('on a curve, power up with head as it was is consistent with drag', () => {
  expect(hint('curve', { head: 0.3, power: 12, efficiency: -11 })).toMatch(/mechanical drag/)
})

test('low suction pressure with head lost is consistent with cavitation, and a good one is not', () => {
  expect(hint('curve', { head: -9, power: -1 }, -0.5)).toMatch(/cavitation or gas/)
  expect(hint('curve', { head: -9, power: -1 }, 0.5)).not.toMatch(/cavitation/)
})

test('against a point, a throttled valve is not called wear', () => {
  expect(hint('point', { flow: -20, head: 12, power: -10 })).toMatch(/more resistance behind the pump/)
  expect(hint('point', { flow: 20, head: -12, power: 8 })).toMatch(/less resistance behind the pump/)
})

test('against a point, everything up is consistent with a higher speed', () => {
  expect(hint('point', { flow: 7, head: 14, power: 22 })).toMatch(/higher speed/)
})

test('a parameter that is neither confirmed nor near its baseline says nothing', () => {
  expect(hint('curve', { head: -9, power: -4 })).toMatch(/wear, gas in the liquid or a lower speed/)
  expect(hint('curve', { power: 12, head: 3 })).toBeNull()
})

test('nothing confirmed, no hint', () => {
  expect(hint('curve', { head: -4, power: 0 })).toBeNull()
})

test('a hint names its source and never raises a status', () => {
  const violation: Violation = {
    deviation: -9,
    threshold: -5,
    threshold_type: 'min',
    mandatory: true,
    confirmed: true,
    severity: 1,
  }
  const found = hintFor(
    { deviations: { flow: null, head: -9, power: 0, efficiency: null }, violations: { head: violation } },
    'curve',
    null,
  )
  expect(found).toMatchObject({ kind: 'hint', subject: 'head', severity: 'Normal' })
  expect(found?.source).toMatch(/2004/)
})
