import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createFeatures,
  type FeatureHistory,
  type FeaturePoint,
  type FeatureRow,
  featurePointOf,
} from '../../src/model/features.ts'

const HOUR = 3_600_000
const NO_DEVIATIONS = { flow: null, head: null, power: null, efficiency: null }

function pointsOf(values: readonly (number | null)[], stepMs = HOUR): FeaturePoint[] {
  return values.map((flow, index) => ({
    timeMs: Date.UTC(2024, 5, 1) + index * stepMs,
    values: [{ flow, vibration: flow === null ? null : flow / 3 }],
    deviations: { ...NO_DEVIATIONS, flow: flow === null ? null : flow - 50 },
  }))
}

function lastRow(names: readonly string[], points: readonly FeaturePoint[]): FeatureRow {
  const features = createFeatures(names, null)
  return points.map((point) => features.push(point)).at(-1) as FeatureRow
}

/** Bits, so that −0 and 0 or two NaNs are told apart. */
function bitsOf(row: FeatureRow): unknown {
  return row.kind === 'ready' ? { ...row, values: [...new BigUint64Array(row.values.buffer)] } : row
}

describe('the features of a reading', () => {
  test('are the value, its deviation, and mean, std, slope per hour, min and max of a window', () => {
    const names = [
      'flow',
      'flow.deviation',
      'flow.mean3',
      'flow.std3',
      'flow.slope3',
      'flow.min2',
      'flow.max3',
      'vibration.mean3',
    ]
    const row = lastRow(names, pointsOf([99, 1, 2, 4]))
    if (row.kind === 'missing') throw new Error(row.reason)
    const expected = [4, -46, 7 / 3, Math.sqrt(7 / 3), 1.5, 2, 4, 7 / 9]
    for (const [index, value] of expected.entries()) expect(row.values[index]).toBeCloseTo(value, 12)
    expect(row.history).toBe(4)
  })

  test('have a slope per hour whatever the interval of the readings', () => {
    const everyTenMinutes = lastRow(
      ['flow.slope12'],
      pointsOf(
        Array.from({ length: 12 }, (_, i) => 40 + i / 6),
        HOUR / 6,
      ),
    )
    expect(everyTenMinutes).toMatchObject({ kind: 'ready' })
    if (everyTenMinutes.kind === 'ready') expect(everyTenMinutes.values[0]).toBeCloseTo(1, 10)
  })

  test('are missing, with the reason, while a window is not full', () => {
    expect(lastRow(['flow.deviation.mean24'], pointsOf([50, 51, 52]))).toEqual({
      kind: 'missing',
      reason: 'flow.deviation.mean24 needs 24 readings, there are 3',
      history: 3,
    })
  })

  test('are missing, never NaN, where a value was not measured or is not finite', () => {
    expect(lastRow(['flow'], pointsOf([50, null]))).toMatchObject({ kind: 'missing', reason: 'flow was not measured' })
    expect(lastRow(['current'], pointsOf([50]))).toMatchObject({ kind: 'missing', reason: 'current was not measured' })
    expect(lastRow(['flow.min3'], pointsOf([50, Number.NaN, 51]))).toMatchObject({
      reason: 'flow.min3 needs 3 readings, flow was not measured in 1 of them',
    })
    expect(lastRow(['flow.slope2'], pointsOf([50, 51], 0))).toMatchObject({ kind: 'missing' })
    expect(lastRow(['flow.std3'], pointsOf([1e308, -1e308, 1e308]))).toMatchObject({ kind: 'missing' })
  })

  test('take what the judge measured before what the file says', () => {
    const reading = { timeMs: 5, quantities: { flow: 1, head: null, speed: 2900 }, channels: { vibration: 2, constructor: 7 } }
    const judgement = { measured: { flow: 1, head: 53 }, deviations: NO_DEVIATIONS }
    const row = lastRow(['flow', 'head', 'speed', 'vibration', 'constructor'], [featurePointOf(reading, judgement)])
    expect(row).toEqual({ kind: 'ready', values: Float64Array.of(1, 53, 2900, 2, 7), history: 1 })
    const underived = { ...judgement, measured: { flow: null, head: 53 } }
    expect(lastRow(['flow'], [featurePointOf(reading, underived)])).toMatchObject({ reason: 'flow was not measured' })
  })

  test('refuse a name that is not in the catalogue', () => {
    expect(() => createFeatures(['flow.std1'], null)).toThrow('"flow.std1" is not in the feature catalogue')
  })
})

describe('the history of the features', () => {
  const NAMES = ['flow', 'flow.deviation.slope5', 'vibration.std7', 'flow.mean24', 'vibration.min3', 'flow.deviation.max2']
  const measured = fc.option(fc.oneof(fc.double({ min: -100, max: 100, noNaN: true }), fc.constant(-0)), { freq: 60, nil: null })
  const course = fc.array(measured, { minLength: 1, maxLength: 120 })
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 })

  test('makes one batch, single rows and random batches between runs equal to the last bit', () => {
    fc.assert(
      fc.property(course, cuts, (values, sizes) => {
        const points = pointsOf(values)
        const whole = createFeatures(NAMES, null)
        const inOneBatch = points.map((point) => bitsOf(whole.push(point)))
        let saved: FeatureHistory | null = null
        const overRuns: unknown[] = []
        for (let start = 0, run = 0; start < points.length; run++) {
          const size = sizes[run % sizes.length] as number
          const features = createFeatures(NAMES, saved)
          for (const point of points.slice(start, start + size)) overRuns.push(bitsOf(features.push(point)))
          saved = JSON.parse(JSON.stringify(features.state())) as FeatureHistory
          start += size
        }
        expect(overRuns).toEqual(inOneBatch)
        expect(saved).toEqual(JSON.parse(JSON.stringify(whole.state())))
      }),
      { numRuns: 200 },
    )
  })

  test('holds no more readings than the longest window, whatever has passed', () => {
    const features = createFeatures(NAMES, null)
    for (const point of pointsOf(Array.from({ length: 2000 }, (_, i) => i))) features.push(point)
    const state = features.state()
    expect(state.readings).toBe(2000)
    expect(state.times_ms).toHaveLength(24)
    expect(state.signals['flow']).toEqual(Array.from({ length: 24 }, (_, i) => 1976 + i))
  })

  test('goes on under a model with other features: a new signal is missing until its window is full', () => {
    const before = createFeatures(['flow.mean2'], null)
    for (const point of pointsOf([1, 2, 3])) before.push(point)
    const after = createFeatures(['flow.mean2', 'vibration.mean2'], before.state())
    const rows = pointsOf([1, 2, 3, 4, 5])
      .slice(3)
      .map((point) => after.push(point))
    expect(rows[0]).toMatchObject({
      kind: 'missing',
      reason: 'vibration.mean2 needs 2 readings, vibration was not measured in 1 of them',
    })
    expect(rows[1]).toMatchObject({ kind: 'ready', history: 5 })
  })
})
