import { expect, test } from 'vitest'
import { commission } from '../../src/pump/commission.ts'
import { headAt, powerAt } from '../../src/pump/curve.ts'
import type { HealthyReading } from '../../src/pump/healthy-reading.ts'
import { scatter } from '../../src/pump/noise.ts'
import { DUTY } from './a-pump.ts'
import { CURVE_BASELINE } from './curves.ts'
import { normal, uniform } from './noise.ts'

const FACTS = {
  pump: 'Pump A',
  pump_type: null,
  application: null,
  rated_power_kw: 22,
  head_definition: 'total',
  date: '2024-06-14',
  power_definition: 'shaft',
} as const

/** Readings of the made-up pump between two shares of best-efficiency flow and two speeds, with white noise. */
function healthy(
  count: number,
  share: readonly [number, number],
  speed: readonly [number, number],
  percent: number,
): HealthyReading[] {
  const random = uniform(11)
  const next = normal(random)
  const best = CURVE_BASELINE.best_flow_m3h as number
  return Array.from({ length: count }, () => {
    const flow0 = best * (share[0] + (share[1] - share[0]) * random())
    const ratio = speed[0] + (speed[1] - speed[0]) * random()
    const noisy = (value: number): number => value * (1 + (percent * next()) / 100)
    const power = noisy((powerAt(CURVE_BASELINE, flow0) ?? 0) * ratio ** 3)
    return {
      duty: { flow: noisy(flow0 * ratio), head: noisy(headAt(CURVE_BASELINE, flow0) * ratio ** 2), power, efficiency: null },
      speedRpm: 1500 * ratio,
    }
  })
}

function commissioned(readings: readonly HealthyReading[]) {
  const outcome = commission(readings, FACTS, 998.2)
  if (outcome.kind === 'invalid') throw new Error(JSON.stringify(outcome.problems))
  return outcome
}

test('a steady pump becomes a point with its noise', () => {
  const { baseline, refused, warnings } = commissioned(healthy(2000, [1, 1], [1, 1], 1))
  expect(baseline).toMatchObject({ kind: 'point', speed_rpm: 1500, date: '2024-06-14', stated_efficiency_percent: null })
  expect(Math.abs((baseline.flow_m3h ?? 0) / (CURVE_BASELINE.best_flow_m3h ?? 1) - 1)).toBeLessThan(0.002)
  expect(baseline.noise?.head).toBeGreaterThan(0.9)
  expect(baseline.noise?.head).toBeLessThan(1.1)
  expect(baseline.noise?.flow).toBeLessThan(1.1)
  expect(refused).toEqual([])
  expect(warnings).toEqual(['no curves: flow ranges over a factor of 1.03 only, and 1.3 is needed'])
})

test('data that span enough flow and speed become curves within 1 % of the pump', () => {
  const { baseline, coverage } = commissioned(healthy(5000, [0.5, 1.15], [0.7, 1], 1))
  if (baseline.kind !== 'curve') throw new Error('is no curve')
  const ratio = (baseline.speed_rpm ?? 0) / 1500
  for (const share of [0.6, 0.8, 1, 1.1]) {
    const flow0 = (CURVE_BASELINE.best_flow_m3h ?? 0) * share
    expect(Math.abs(headAt(baseline, flow0 * ratio) / (headAt(CURVE_BASELINE, flow0) * ratio ** 2) - 1)).toBeLessThan(0.01)
    expect(
      Math.abs((powerAt(baseline, flow0 * ratio) ?? 0) / ((powerAt(CURVE_BASELINE, flow0) ?? 0) * ratio ** 3) - 1),
    ).toBeLessThan(0.01)
  }
  expect(coverage.speedRpm?.[0]).toBeGreaterThan(1049)
  expect(baseline.noise?.head).toBeLessThan(2)
})

test('a quantity whose noise exceeds a quarter of its value is refused by name, and the rest is taken', () => {
  const next = normal(uniform(2))
  const readings = healthy(500, [1, 1], [1, 1], 1).map(({ duty, speedRpm }) => ({
    duty: { ...duty, head: 0.06 + 0.25 * next() },
    speedRpm,
  }))
  const { baseline, refused } = commissioned(readings)
  expect(refused).toHaveLength(1)
  expect(refused[0]).toMatch(/^head: its noise is \d+ % of its value, more than a quarter/)
  expect(baseline).toMatchObject({ head_m: null, efficiency_percent: null })
  expect(baseline.flow_m3h).not.toBeNull()
})

test('a pump of which nothing is left to judge by has no baseline', () => {
  const next = normal(uniform(2))
  const readings = Array.from({ length: 200 }, () => ({
    duty: { flow: null, head: next(), power: null, efficiency: null },
    speedRpm: null,
  }))
  expect(commission(readings, FACTS, 998.2)).toMatchObject({ kind: 'invalid', problems: [{ path: 'readings' }] })
})

test('fewer than 100 running readings make no baseline', () => {
  expect(commission(healthy(99, [1, 1], [1, 1], 1), FACTS, 998.2)).toMatchObject({
    kind: 'invalid',
    problems: [{ what: 'hold 99 running readings, and a baseline needs 100' }],
  })
})

test('a pump that moves more than a point can tell is warned of', () => {
  const random = uniform(8)
  const readings = Array.from({ length: 400 }, () => ({
    duty: { ...DUTY, head: null, flow: 100 * (0.9 + 0.2 * random()) },
    speedRpm: null,
  }))
  const { warnings } = commissioned(readings)
  expect(warnings.some((warning) => /^flow moves by \d\.\d %: a single point/.test(warning))).toBe(true)
})

test('scatter is the standard deviation of noise, hardly moved by a wild value', () => {
  const next = normal(uniform(9))
  const values = Array.from({ length: 5000 }, (_, index) => (index % 500 === 0 ? 1000 : 100 + next()))
  expect(scatter(values, 100)).toBeGreaterThan(0.9)
  expect(scatter(values, 100)).toBeLessThan(1.1)
  expect(scatter([1, -1, 1, -1], 0)).toBeCloseTo(1.25, 2)
})
