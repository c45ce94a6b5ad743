import { describe, expect, test } from 'vitest'
import { median, theilSen } from '../../src/model/theil-sen.ts'
import { createRandom } from '../../src/training/random.ts'

describe('the Theil–Sen line', () => {
  test('lets one wild point pass', () => {
    expect(theilSen([0, 1, 2, 3, 4], [1, 3, 5, 7, 100], 1.645)).toMatchObject({ slope: 2, intercept: 1 })
  })

  test('has an interval that holds the true slope about as often as it says', () => {
    const random = createRandom(3)
    const x = Array.from({ length: 20 }, (_, i) => i)
    const trials = 400
    let held = 0
    for (let trial = 0; trial < trials; trial++) {
      const { slopeLow, slopeHigh } = theilSen(
        x,
        x.map((value) => 0.5 * value + random.normal()),
        1.645,
      )
      if (slopeLow <= 0.5 && 0.5 <= slopeHigh) held += 1
    }
    expect(held / trials).toBeGreaterThan(0.86)
    expect(held / trials).toBeLessThan(0.95)
  })

  test('is clear exactly where its interval leaves out 0', () => {
    const random = createRandom(4)
    const seen = { rising: 0, falling: 0, none: 0 }
    for (let trial = 0; trial < 600; trial++) {
      const n = 2 + random.integer(20)
      const x = Array.from({ length: n }, (_, i) => Math.floor(i / (1 + (trial % 2))))
      // Whole numbers, so that many slopes are 0.
      const y = x.map((value) => Math.round(((trial % 3) - 1) * 0.4 * value + 2 * random.normal()))
      const { isClear, slopeLow, slopeHigh } = theilSen(x, y, 1.645)
      const leads = slopeLow > 0 ? 'rising' : slopeHigh < 0 ? 'falling' : 'none'
      seen[leads] += 1
      expect(isClear, JSON.stringify({ x, y })).toBe(leads !== 'none')
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(50)
  })

  test('leaves out pairs at one and the same x', () => {
    expect(theilSen([0, 0, 1], [0, 5, 3], 1).slope).toBe(0.5)
  })
})

test('the median of an even number of values is the mean of the two in the middle', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5)
  expect(median([])).toBeNaN()
})
