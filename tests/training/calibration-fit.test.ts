import { describe, expect, test } from 'vitest'
import { calibrated } from '../../src/model/calibration.ts'
import { fitCalibration } from '../../src/training/calibration-fit.ts'
import { classMetrics } from '../../src/training/metrics.ts'
import { createRandom } from '../../src/training/random.ts'

/** Two classes; the second is true with the square of the probability that is said of it. */
function overconfident(rows: number, seed: number) {
  const random = createRandom(seed)
  const said = Float64Array.from({ length: rows }, () => random.uniform())
  const labels = Uint8Array.from(said, (p) => (random.uniform() < p * p ? 1 : 0))
  return {
    labels,
    probabilities: Float64Array.from(
      { length: rows * 2 },
      (_, i) => (i % 2 === 0 ? 1 : 0) + (i % 2 === 0 ? -1 : 1) * (said[i >> 1] as number),
    ),
  }
}

describe('a fitted calibration', () => {
  test('learns how often the class was true, and lowers the calibration error on rows that it has not seen', () => {
    const seen = overconfident(20_000, 1)
    const unseen = overconfident(20_000, 2)
    const curves = fitCalibration(seen.probabilities, seen.labels, ['a', 'b'])
    for (const p of [0.2, 0.5, 0.8]) expect(calibrated(p, curves['b'] as never)).toBeCloseTo(p * p, 1)
    const after = unseen.probabilities.map((p, i) => calibrated(p, curves[i % 2 === 0 ? 'a' : 'b'] as never))
    const error = (probabilities: Float64Array) => classMetrics(probabilities, unseen.labels, ['a', 'b']).worst_calibration_error
    expect(error(unseen.probabilities)).toBeGreaterThan(0.1)
    expect(error(after)).toBeLessThan(0.02)
  })

  test('rises in what is said and never falls in what is true', () => {
    const { probabilities, labels } = overconfident(3000, 3)
    for (const { said, truly } of Object.values(fitCalibration(probabilities, labels, ['a', 'b']))) {
      expect(said.length).toBeLessThanOrEqual(24)
      for (let i = 1; i < said.length; i++) {
        expect(said[i]).toBeGreaterThan(said[i - 1] as number)
        expect(truly[i]).toBeGreaterThanOrEqual(truly[i - 1] as number)
      }
    }
  })

  test('leaves rows out that every tree saw', () => {
    const { probabilities, labels } = overconfident(3000, 3)
    const withGaps = Float64Array.of(...probabilities, Number.NaN, Number.NaN)
    expect(fitCalibration(withGaps, Uint8Array.of(...labels, 1), ['a', 'b'])).toEqual(
      fitCalibration(probabilities, labels, ['a', 'b']),
    )
  })
})
