import fc from 'fast-check'
import { expect, test } from 'vitest'
import { headAt, powerAt } from '../../src/pump/curve.ts'
import { createJudge, type JudgeState } from '../../src/pump/judge.ts'
import type { Judgement } from '../../src/pump/judgement.ts'
import type { Quantity } from '../../src/pump/quantities.ts'
import { HOUR_MS, readingAt, START_MS, setupWith } from './a-pump.ts'
import { CURVE_BASELINE, curveBaseline, fittedTo, pumpOf, pumpThrough, REAL_CURVES, realPoints } from './curves.ts'
import { alarmsOf, confirmedAt, isAlarm, type Life, live, STEADY, VARIED } from './life.ts'

const SETUP = setupWith({ category: '2B', baseline: CURVE_BASELINE })

function judgeOnce(quantities: Partial<Record<Quantity, number>>, setup = SETUP): Judgement {
  return createJudge(setup, null).judge(readingAt(START_MS, quantities))
}

function onCurve(flow0: number, ratio = 1): { flow: number; head: number; power: number; speed: number } {
  const power = (powerAt(CURVE_BASELINE, flow0) ?? 0) * ratio ** 3
  return { flow: flow0 * ratio, head: headAt(CURVE_BASELINE, flow0) * ratio ** 2, power, speed: 1500 * ratio }
}

test('a point of the curve deviates by nothing, at any flow and speed', () => {
  const flow = fc.double({ min: 5, max: 149, noNaN: true })
  fc.assert(
    fc.property(flow, fc.double({ min: 0.51, max: 1.19, noNaN: true }), (flow0, ratio) => {
      const { deviations } = judgeOnce(onCurve(flow0, ratio))
      for (const value of Object.values(deviations)) expect(Math.abs(value ?? 1)).toBeLessThan(1e-7)
    }),
  )
})

test('translating a reading to another speed by the affinity laws keeps its deviations', () => {
  const off = fc.double({ min: -0.2, max: 0.2, noNaN: true })
  fc.assert(
    fc.property(
      fc.double({ min: 10, max: 140, noNaN: true }),
      fc.double({ min: 0.5, max: 1.2, noNaN: true }),
      off,
      off,
      (flow0, ratio, h, p) => {
        const point = onCurve(flow0)
        const worn = { flow: point.flow, head: point.head * (1 + h), power: point.power * (1 + p), speed: 1500 }
        const slow = {
          flow: worn.flow * ratio,
          head: worn.head * ratio ** 2,
          power: worn.power * ratio ** 3,
          speed: 1500 * ratio,
        }
        const [here, there] = [judgeOnce(worn).deviations, judgeOnce(slow).deviations]
        for (const parameter of ['head', 'power', 'efficiency'] as const) {
          expect(Math.abs((here[parameter] ?? 0) - (there[parameter] ?? 0))).toBeLessThan(1e-9)
        }
      },
    ),
  )
})

test('a denser liquid takes more power and is no wear', () => {
  const setup = setupWith({ category: '2B', baseline: CURVE_BASELINE, pump: { liquid_density_kg_m3: 1098.02 } })
  const point = onCurve(100)
  expect(judgeOnce({ ...point, power: point.power * 1.1 }, setup).deviations.power).toBeCloseTo(0, 9)
})

test('outside the tested range of flow, or of speeds, nothing is judged and the reason is given', () => {
  expect(judgeOnce({ ...onCurve(100), flow: 160 })).toMatchObject({
    status: 'Not judged',
    reason: 'flow is above the tested range (0 to 150 m³/h at this speed)',
  })
  expect(judgeOnce(onCurve(100, 0.45)).reason).toBe('speed is 55 % below that of the test, where the affinity laws are not used')
  expect(judgeOnce({ head: 50, power: 20 }).reason).toBe('flow is not measured, and the baseline is a curve')
})

test('wire power is judged near the speed of the test only', () => {
  const setup = setupWith({ category: '2B', baseline: { ...CURVE_BASELINE, power_definition: 'wire' as const } })
  expect(judgeOnce(onCurve(100, 0.95), setup).deviations.power).toBeCloseTo(0, 9)
  expect(judgeOnce(onCurve(100, 0.8), setup).deviations).toMatchObject({ power: null, efficiency: null })
})

test('flow at equal head is told and is not confirmed without head', () => {
  const judge = createJudge(SETUP, null)
  // 2 % of head at a flat part of the curve is far more of flow.
  const point = onCurve(30)
  const judged = Array.from({ length: 60 }, (_, hour) =>
    judge.judge(readingAt(START_MS + hour * HOUR_MS, { ...point, head: point.head * 0.98 })),
  )
  expect(judged.at(-1)?.deviations.flow).toBeLessThan(-30)
  expect(judged.at(-1)?.violations.flow).toMatchObject({ confirmed: false, severity: null })
  expect(judged.some(isAlarm)).toBe(false)
})

test('with head confirmed, flow at equal head is confirmed too and is never the more severe', () => {
  const judge = createJudge(SETUP, null)
  const point = onCurve(60)
  const judged = Array.from({ length: 20 }, (_, hour) =>
    judge.judge(readingAt(START_MS + hour * HOUR_MS, { ...point, head: point.head * 0.87 })),
  )
  const { flow, head } = judged.at(-1)?.violations ?? {}
  expect([flow?.confirmed, head?.confirmed]).toEqual([true, true])
  expect(flow?.severity).toBeLessThanOrEqual(head?.severity ?? 0)
})

test('scaling a whole pump never changes its status with the grade stated', () => {
  const scale = fc.double({ min: 0.01, max: 100, noNaN: true })
  const off = fc.double({ min: -0.4, max: 0.4, noNaN: true })
  fc.assert(
    fc.property(
      scale,
      scale,
      fc.array(fc.tuple(off, off, off), { minLength: 1, maxLength: 30 }),
      (flowScale, headScale, offs) => {
        const scaled = {
          ...SETUP.baseline,
          flow_m3h: 100 * flowScale,
          head_m: 50 * headScale,
          power_kw: 20 * flowScale * headScale,
        }
        const setups = [
          setupWith({ category: '2B' }),
          setupWith({ category: '2B', baseline: { ...scaled, kind: 'point' } as never }),
        ]
        const statuses = setups.map((setup, index) => {
          const [q, h] = index === 0 ? [1, 1] : [flowScale, headScale]
          const judge = createJudge(setup, null)
          return offs.map(([flow, head, power], hour) => {
            const values = { flow: 100 * q * (1 + flow), head: 50 * h * (1 + head), power: 20 * q * h * (1 + power) }
            return judge.judge(readingAt(START_MS + hour * HOUR_MS, values)).status
          })
        })
        expect(statuses[1]).toEqual(statuses[0])
      },
    ),
    { numRuns: 50 },
  )
})

const TEN_DAYS: Life = { ...STEADY, ...VARIED, days: 10 }

test.for(REAL_CURVES)('ten days of %s, throttled and slowed, raise nothing, and 12 %% less head are confirmed', (name) => {
  const points = realPoints(name)
  const baseline = curveBaseline(fittedTo(points))
  const setup = setupWith({ category: '2B', baseline })
  const pump = pumpThrough(points, baseline.best_flow_m3h ?? 0, 1500)
  const statuses = new Set<string>()
  live(setup, pump, TEN_DAYS, 1, (judged) => {
    expect(isAlarm(judged)).toBe(false)
    statuses.add(judged.status)
  })
  expect(statuses).toContain('Normal')
  expect(confirmedAt(setup, pump, { ...TEN_DAYS, headLoss: () => 0.12 }, 1)).not.toBeNull()
})

test('a healthy pump with everything that fields do to data raises nothing in a month of hours', () => {
  const life: Life = { ...STEADY, ...VARIED, noise: { percent: 2, phi: 0.9 }, cyclePercent: 2, quantumPercent: 2, dropouts: 1e-3 }
  for (const seed of [1, 2, 3]) expect(alarmsOf(SETUP, pumpOf(CURVE_BASELINE), life, seed).changes).toBe(0)
})

test('wear to 15 % of head in 90 days is confirmed within 2 points beyond bound and guard', () => {
  const life: Life = { ...STEADY, ...VARIED, days: 90, headLoss: (day) => (0.15 * day) / 90 }
  for (const seed of [1, 2, 3, 4, 5]) {
    const found = confirmedAt(SETUP, pumpOf(CURVE_BASELINE), life, seed)
    expect(found).not.toBeNull()
    expect(found?.lossPercent).toBeGreaterThan(5)
    expect(found?.lossPercent).toBeLessThan(5 + 2 + 2)
  }
})

test('with curves too, a cron run for every reading judges the same as one for all, to the bit', () => {
  const life: Life = { ...STEADY, ...VARIED, stepMinutes: 10, days: 20, dropouts: 0.01, headLoss: (day) => 0.015 * day }
  const expected: Judgement[] = []
  live(SETUP, pumpOf(CURVE_BASELINE), life, 5, (judged) => expected.push(judged))
  let saved: JudgeState | null = null
  const judged = expected.map(({ timeMs, measured: { flow, head, power } }) => {
    const judge = createJudge(SETUP, saved)
    const result = judge.judge(readingAt(timeMs, { flow, head, power }))
    saved = JSON.parse(JSON.stringify(judge.state())) as JudgeState
    return result
  })
  const whole = createJudge(SETUP, null)
  const again = expected.map(({ timeMs, measured: { flow, head, power } }) =>
    whole.judge(readingAt(timeMs, { flow, head, power })),
  )
  expect(judged).toStrictEqual(again)
})
