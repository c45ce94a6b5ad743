import { describe, expect, test } from 'vitest'
import { modelLife } from '../../src/model/rul.ts'

const SCALE = { horizon_days: 30, predicted_days: [2, 10, 20, 27], low_days: [1, 6, 12, 15], high_days: [3, 16, 28, null] }

describe('the remaining useful life of a model', () => {
  test('comes with an interval that is linear between the knots', () => {
    expect(modelLife(10, SCALE)).toEqual({ rul_days: 10, rul_interval: [6, 16], source: 'model' })
    expect(modelLife(15, SCALE)).toEqual({ rul_days: 15, rul_interval: [9, 22], source: 'model' })
    expect(modelLife(2, SCALE)).toEqual({ rul_days: 2, rul_interval: [1, 3], source: 'model' })
  })

  test('has an open end where one neighbouring knot has', () => {
    expect(modelLife(23.5, SCALE)).toEqual({ rul_days: 23.5, rul_interval: [13.5, null], source: 'model' })
  })

  test('is unknown, not long, beyond the last knot', () => {
    expect(modelLife(28, SCALE)).toEqual({ rul_days: null, rul_interval: null, source: null })
  })

  test('is never below zero and never outside its own interval', () => {
    expect(modelLife(-1, SCALE)).toEqual({ rul_days: 0, rul_interval: [0, 3], source: 'model' })
    expect(modelLife(0.5, SCALE).rul_interval).toEqual([0.5, 3])
  })

  test('has no interval without a scale', () => {
    expect(modelLife(12, null)).toEqual({ rul_days: 12, rul_interval: null, source: 'model' })
  })
})
