import { expect, test } from 'vitest'
import { calibrated } from '../../src/model/calibration.ts'

const CURVE = { said: [0.1, 0.5, 0.9], truly: [0, 0.7, 1] }

test.each([
  [0.1, 0],
  [0.3, 0.35],
  [0.5, 0.7],
  [0.7, 0.85],
  [0.9, 1],
])('a probability of %f was true in %f', (said, truly) => {
  expect(calibrated(said, CURVE)).toBeCloseTo(truly, 12)
})

test('outside its knots a curve is constant', () => {
  expect(calibrated(0, CURVE)).toBe(0)
  expect(calibrated(1, CURVE)).toBe(1)
})
