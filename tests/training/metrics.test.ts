import { describe, expect, test } from 'vitest'
import type { Dataset } from '../../src/training/dataset.ts'
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
  const scale = { horizon_days: 30, predicted_days: [0, 27], low_days: [0, 20], high_days: [3, null] }
  const data = (rulDays: number[]): Dataset => ({ rulDays: Float64Array.from(rulDays) }) as unknown as Dataset

  test('count only rows on which the model claims a life', () => {
    const metrics = rulMetrics(data([2, 10, 29, Number.NaN]), [3, 14, 29, 5], scale)
    expect(metrics).toMatchObject({ claimed_rows: 2, known_rows: 3, rmse_days: 2.9155, mean_error_days: 2.5 })
    expect(metrics?.phm_score).toBeCloseTo((Math.exp(0.1) + Math.exp(0.4)) / 2 - 1, 4)
  })

  test('are none where nothing is claimed', () => {
    expect(rulMetrics(data([5]), [29], scale)).toBeNull()
  })

  test('measure how many true lives the intervals hold', () => {
    const flat = { horizon_days: 30, predicted_days: [0, 27], low_days: [5, 5], high_days: [10, 10] }
    const said = [7, 7, 7, 7]
    expect(rulMetrics(data([4, 6, 9, 11]), said, flat)?.interval_coverage).toBe(0.5)
  })
})
