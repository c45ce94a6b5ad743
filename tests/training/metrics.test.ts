import { describe, expect, test } from 'vitest'
import { classMetrics } from '../../src/training/metrics.ts'
import { rulMetrics } from '../../src/training/rul-metrics.ts'
import { alwaysTheShares, nearestMean } from '../../src/training/trivial.ts'

describe('the metrics of classes', () => {
  // Truth a a a b; said a a b b.
  const probabilities = Float64Array.of(0.9, 0.1, 0.8, 0.2, 0.3, 0.7, 0.4, 0.6)
  const metrics = classMetrics(probabilities, Uint8Array.of(0, 0, 0, 1), ['a', 'b'])

  test('count right and wrong by class', () => {
    expect(metrics.confusion).toEqual([
      [2, 1],
      [0, 1],
    ])
    expect(metrics).toMatchObject({ rows: 4, accuracy: 0.75, balanced_accuracy: 0.8333 })
    expect(metrics.classes).toMatchObject({
      a: { rows: 3, precision: 1, recall: 0.6667 },
      b: { rows: 1, precision: 0.5, recall: 1 },
    })
    expect(metrics.macro_f1).toBeCloseTo((0.8 + 2 / 3) / 2, 3)
    expect(metrics.log_loss).toBeCloseTo(-(Math.log(0.9) + Math.log(0.8) + Math.log(0.3) + Math.log(0.6)) / 4, 4)
  })

  test('say how far probabilities are from shares', () => {
    // Of b: bins 0.1, 0.2, 0.7, 0.6 with truths 0, 0, 0, 1.
    expect(metrics.classes['b']?.calibration_error).toBeCloseTo((0.1 + 0.2 + 0.7 + 0.4) / 4, 4)
  })

  test('have no precision of a class that is never said and no recall of one that never is', () => {
    const never = classMetrics(Float64Array.of(1, 0), Uint8Array.of(0), ['a', 'b'])
    expect(never.classes['b']).toMatchObject({ precision: null, recall: null })
  })
})

describe('the models that need no training', () => {
  test('say the shares of the classes, or the class with the nearest mean', () => {
    const labels = Uint8Array.of(0, 0, 0, 1)
    expect([...alwaysTheShares(labels, 2, 2)]).toEqual([0.75, 0.25, 0.75, 0.25])
    const trained = { matrix: Float32Array.of(0, 1, 2, 9), labels }
    expect([...nearestMean(trained, Float32Array.of(4.9, 5.1), 1, 2)]).toEqual([1, 0, 0, 1])
  })
})

describe('the metrics of the remaining useful life', () => {
  const lives = (days: number[], low: number[], high: number[]) => ({
    days: Float64Array.from(days),
    low: Float64Array.from(low),
    high: Float64Array.from(high),
  })
  const none = Number.NaN

  test('count only rows with a claim and a known life', () => {
    const claims = lives([3, 14, none, 5], [0, 0, none, 0], [9, 20, none, 9])
    const metrics = rulMetrics(Float64Array.of(2, 10, 29, none), claims, 30)
    expect(metrics).toMatchObject({ claimed_rows: 2, near_rows: 3, rmse_days: 2.9155, mean_error_days: 2.5 })
    expect(metrics?.phm_score).toBeCloseTo((Math.exp(0.1) + Math.exp(0.4)) / 2 - 1, 4)
  })

  test('take a life beyond the horizon for the horizon, but for the coverage', () => {
    const metrics = rulMetrics(Float64Array.of(50), lives([28], [20], [40]), 30)
    expect(metrics).toMatchObject({ mean_error_days: -2, interval_coverage: 0 })
  })

  test('are none where nothing is claimed', () => {
    expect(rulMetrics(Float64Array.of(5), lives([none], [none], [none]), 30)).toBeNull()
  })

  test('measure how many true lives the intervals hold; an open end holds all above', () => {
    const claims = lives([7, 7, 7, 7], [5, 5, 5, 5], [10, 10, 10, Number.POSITIVE_INFINITY])
    expect(rulMetrics(Float64Array.of(4, 6, 11, 25), claims, 30)).toMatchObject({ interval_coverage: 0.5, mean_interval_days: 5 })
  })
})
