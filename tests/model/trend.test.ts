import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { simulateLife } from '../../fixtures/simulator/life.ts'
import { planOfLife } from '../../fixtures/simulator/well-1.ts'
import { failureLimitsOf } from '../../src/model/failure-limits.ts'
import { median } from '../../src/model/theil-sen.ts'
import { createTrend, type FailureLimits, type TrendLife, type TrendState } from '../../src/model/trend.ts'
import { createRandom } from '../../src/training/random.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const LIMITS: FailureLimits = {
  flow: { min: -12, max: 22 },
  head: { min: -8, max: 14 },
  power: { min: null, max: 22 },
  efficiency: null,
}
const STEADY = { flow: 4, head: 2, power: 2, efficiency: 4 }

/** The last estimate of hourly readings over some days. */
function lastOf(days: number, flowAt: (day: number) => number | null): TrendLife | null {
  const trend = createTrend(LIMITS, null)
  let last: TrendLife | null = null
  for (let hour = 0; hour < days * 24; hour++) last = trend.push(hour * HOUR, { ...STEADY, flow: flowAt(hour / 24) })
  return last
}

describe('the trend of a deviation', () => {
  test('that falls steadily reaches its limit when the line does', () => {
    const found = lastOf(10, (day) => 4 - day)
    // From 4 % to −12 % at 1 % a day takes 16 days, of which nearly 10 have passed.
    expect(found?.parameter).toBe('flow')
    expect(found?.rul_days).toBeCloseTo(16 - (10 - 1 / 24), 1)
    expect(found?.rul_interval[0]).toBeLessThan(found?.rul_days ?? 0)
    expect(found?.rul_interval[1]).toBeGreaterThan(found?.rul_days ?? 0)
  })

  test('is told of the parameter that reaches its limit first', () => {
    const trend = createTrend(LIMITS, null)
    let last: TrendLife | null = null
    for (let hour = 0; hour < 240; hour++)
      last = trend.push(hour * HOUR, { ...STEADY, flow: 4 - hour / 24, power: 2 + hour / 12 })
    expect(last?.parameter).toBe('power')
  })

  test('is none while nothing changes, whatever the noise', () => {
    const random = createRandom(1)
    expect(lastOf(20, () => 4 + random.normal())).toBeNull()
  })

  test('is none towards a side without a limit, before there is enough to see, or when it is far', () => {
    const rising = createTrend({ ...LIMITS, flow: { min: -12, max: null } }, null)
    let last: TrendLife | null = null
    for (let hour = 0; hour < 240; hour++) last = rising.push(hour * HOUR, { ...STEADY, flow: 4 + hour / 24 })
    expect(last).toBeNull()
    expect(lastOf(2, (day) => 4 - day)).toBeNull()
    expect(lastOf(10, (day) => 4 - 0.35 * day)).toBeNull()
  })

  test('lets single wild readings and gaps pass', () => {
    const found = lastOf(10, (day) => (Math.round(day * 24) % 17 === 0 ? 90 : Math.round(day * 24) % 5 === 0 ? null : 4 - day))
    expect(found?.rul_days).toBeCloseTo(6, 0)
  })

  test('is past its limit with nothing left', () => {
    expect(lastOf(20, (day) => 4 - day)?.rul_days).toBe(0)
  })

  test('keeps a small state whatever the rate of the readings', () => {
    const trend = createTrend(LIMITS, null)
    for (let second = 0; second < 6 * 3600; second++) trend.push(second * 1000, STEADY)
    expect(trend.state().open?.values.flow).toHaveLength(72)
  })

  test('continues from its state as if it had never stopped, to the bit', () => {
    const random = createRandom(5)
    const readings = Array.from({ length: 300 }, (_, hour) => ({
      timeMs: hour * HOUR,
      flow: 4 - hour / 30 + 0.3 * random.normal(),
    }))
    const whole = createTrend(LIMITS, null)
    const expected = readings.map(({ timeMs, flow }) => whole.push(timeMs, { ...STEADY, flow }))
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 20 }), (sizes) => {
        let saved: TrendState | null = null
        const answers: (TrendLife | null)[] = []
        for (let start = 0, run = 0; start < readings.length; run++) {
          const size = sizes[run % sizes.length] as number
          const trend = createTrend(LIMITS, saved)
          for (const { timeMs, flow } of readings.slice(start, start + size))
            answers.push(trend.push(timeMs, { ...STEADY, flow }))
          saved = JSON.parse(JSON.stringify(trend.state())) as TrendState
          start += size
        }
        expect(answers).toEqual(expected)
      }),
      { numRuns: 20 },
    )
    expect(expected.at(-1)).not.toBeNull()
  })
})

describe('the limits of failure', () => {
  test('lie a guard and a severity beyond the bounds of the grade', () => {
    const bounds = {
      flow: { min: 0, max: 10, mandatory: true },
      head: { min: 0, max: 6, mandatory: true },
      power: { min: null, max: 10, mandatory: false },
      efficiency: { min: 0, max: null, mandatory: false },
    }
    expect(failureLimitsOf(bounds, { guard_band: 2, failure_severity: 2 })).toEqual({
      flow: { min: -12, max: 22 },
      head: { min: -8, max: 14 },
      power: { min: null, max: 22 },
      efficiency: { min: -8, max: null },
    })
    expect(failureLimitsOf({ ...bounds, power: null }, { guard_band: 2, failure_severity: 2 }).power).toBeNull()
  })
})

describe('on synthetic lives other than those it was adjusted on', () => {
  const limits: FailureLimits = { ...LIMITS, efficiency: { min: -8, max: null } }

  test('90 % intervals hold between 80 and 97 % of the true times to the limit', () => {
    let [held, claims] = [0, 0]
    for (let index = 0; index < 40; index++) {
      const course = simulateLife(planOfLife(2, index)).flatMap((row) => {
        if (!row.running) return []
        const percent = (value: number, baseline: number) => (value / baseline - 1) * 100
        const deviations = {
          flow: percent(row.flowM3h, 57.31),
          head: percent(row.dischargePressureBar, 5.1924),
          power: percent(row.powerKw, 14.94),
          efficiency: percent(row.efficiencyPercent, 55.33),
        }
        return [{ timeMs: row.hour * HOUR, deviations }]
      })
      const end = crossingTime(course, limits)
      if (end === null) continue
      const trend = createTrend(limits, null)
      for (const { timeMs, deviations } of course) {
        const found = trend.push(timeMs, deviations)
        if (found === null || timeMs >= end) continue
        const [low, high] = found.rul_interval
        const truth = (end - timeMs) / DAY
        claims += 1
        if (truth >= low && (high === null || truth <= high)) held += 1
      }
    }
    expect(claims).toBeGreaterThan(2000)
    expect(held / claims).toBeGreaterThan(0.8)
    expect(held / claims).toBeLessThan(0.97)
  })
})

/** When the median of a day lies beyond a limit for the first time. */
function crossingTime(course: readonly { timeMs: number; deviations: typeof STEADY }[], limits: FailureLimits): number | null {
  for (let i = 24; i < course.length; i++) {
    for (const parameter of ['flow', 'head', 'power', 'efficiency'] as const) {
      const level = median(course.slice(i - 24, i).map(({ deviations }) => deviations[parameter]))
      const limit = limits[parameter]
      if (limit?.min != null && level < limit.min) return course[i - 12]?.timeMs ?? null
      if (limit?.max != null && level > limit.max) return course[i - 12]?.timeMs ?? null
    }
  }
  return null
}
