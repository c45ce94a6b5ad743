import { expect, test } from 'vitest'
import { clippedDistance, createSpread, type Spread, type SpreadState } from '../../src/pump/spread.ts'
import { normal, uniform } from './noise.ts'

const HOUR_MS = 3_600_000
const SETTINGS = { prior: 1, priorWeight: 12, windowsMs: [6 * HOUR_MS, 24 * HOUR_MS], periods: 30 }

function learnHours(spread: Spread, hours: number, next: () => number, dayLevel: (day: number) => number = () => 0): void {
  for (let hour = 0; hour < hours; hour++) {
    const reference = dayLevel(Math.floor(hour / 24))
    const readingSum = clippedDistance(reference + next(), reference, spread.values[0] as number)
    spread.learn({ ms: HOUR_MS, readingSum, readingCount: 1, medians: [reference, reference], reference })
  }
}

test('without lessons every level has the spread of the prior', () => {
  expect(createSpread(SETTINGS, null).values).toEqual([1, 1, 1])
})

test('the spread of the reading comes to the standard deviation of its noise', () => {
  const spread = createSpread(SETTINGS, null)
  learnHours(
    spread,
    30 * 24,
    (
      (next) => () =>
        2 * next()
    )(normal(uniform(1))),
  )
  expect(spread.values[0]).toBeGreaterThan(1.85)
  expect(spread.values[0]).toBeLessThan(2.1)
})

test('a quantised meter has a spread although most of its readings are equal', () => {
  const spread = createSpread(SETTINGS, null)
  const random = uniform(2)
  learnHours(spread, 30 * 24, () => (random() < 0.8 ? 0 : random() < 0.5 ? 3 : -3))
  expect(spread.values[0]).toBeGreaterThan(0.6)
})

test('days that differ widen every level, and one day that stands out does not', () => {
  const apart = createSpread(SETTINGS, null)
  learnHours(
    apart,
    20 * 24,
    () => 0,
    (day) => (day % 2 === 0 ? 2 : -2),
  )
  expect(apart.values.every((value) => value > 2)).toBe(true)
  const once = createSpread(SETTINGS, null)
  learnHours(
    once,
    20 * 24,
    () => 0,
    (day) => (day < 10 ? 0 : 6),
  )
  expect(once.values[2]).toBeLessThan(1)
})

test('the first day only widens, and no spread falls below 0.3 of its prior', () => {
  const spread = createSpread(SETTINGS, null)
  learnHours(spread, 23, () => 0)
  expect(spread.values).toEqual([1, 1, 1])
  learnHours(spread, 400 * 24, () => 0)
  expect(spread.values.every((value) => value >= 0.3 && value < 1)).toBe(true)
})

test('at most 30 days are remembered, and continuing from the state changes nothing', () => {
  const spread = createSpread(SETTINGS, null)
  learnHours(spread, 100 * 24 + 7, () => 1)
  expect(spread.state().past).toHaveLength(30)
  const again = createSpread(SETTINGS, JSON.parse(JSON.stringify(spread.state())) as SpreadState)
  expect(again.values).toEqual(spread.values)
})
