import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createLevels } from '../../src/pump/levels.ts'
import { addToSlot, emptySlot, medianOf } from '../../src/pump/slots.ts'

const HOUR_MS = 3_600_000
const SLOT_MS = 300_000

test('rolling medians equal those of the windows sorted anew, also when continued from their state', () => {
  const slot = fc.record({
    value: fc.integer({ min: -50, max: 50 }),
    ms: fc.constantFrom(0, SLOT_MS, 2 * SLOT_MS, HOUR_MS, 6 * HOUR_MS),
  })
  fc.assert(
    fc.property(fc.array(slot, { maxLength: 120 }), fc.nat(119), (slots, stop) => {
      const lengths = [HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS]
      let levels = createLevels(lengths, null)
      for (const [index, { value, ms }] of slots.entries()) {
        levels.push(value, ms)
        if (index === stop) levels = createLevels(lengths, JSON.parse(JSON.stringify(levels.state())))
        const expected = lengths.map((length) => {
          let count = 0
          let sum = 0
          // The newest slots that stand for the length, and no more than that.
          while (count <= index && (count === 0 || sum < length)) sum += slots[index - count++]?.ms ?? 0
          const values = slots.slice(index + 1 - count, index + 1).map((entry) => entry.value)
          return sum >= length && count >= 3 ? medianOf(values) : null
        })
        expect(levels.medians).toEqual(expected)
      }
    }),
  )
})

function closedSlots(readings: readonly { timeMs: number; value: number; ms: number }[]): [median: number, ms: number][] {
  const slot = emptySlot()
  const closed: [number, number][] = []
  for (const reading of readings) addToSlot(slot, reading.value, reading, (median, ms) => closed.push([median, ms]))
  return closed
}

test('readings every minute enter the windows as medians of five minutes', () => {
  const values = [1, 2, 9, 4, 3, 7, 7]
  const readings = values.map((value, minute) => ({ timeMs: minute * 60_000, value, ms: minute === 0 ? 0 : 60_000 }))
  expect(closedSlots(readings)).toEqual([[3, 240_000]])
})

test('hourly readings enter the windows at once, each by itself', () => {
  const readings = [5, 6, 7].map((value, hour) => ({ timeMs: hour * HOUR_MS, value, ms: hour === 0 ? 0 : HOUR_MS }))
  expect(closedSlots(readings)).toEqual([
    [5, 0],
    [6, HOUR_MS],
    [7, HOUR_MS],
  ])
})

test('a slot of 3,000 readings keeps few of them, spread over the five minutes', () => {
  const slot = emptySlot()
  for (let index = 0; index < 3000; index++) addToSlot(slot, index, { timeMs: index * 100, ms: 100 }, () => undefined)
  expect(slot.values.length).toBeLessThanOrEqual(64)
  expect(slot.values.length).toBeGreaterThan(32)
  expect(Math.abs(medianOf(slot.values) - 1500)).toBeLessThan(100)
  expect(slot.ms).toBe(300_000)
})

test('the median of an even number of values is the mean of the middle two', () => {
  expect([medianOf([3]), medianOf([4, 1]), medianOf([9, 1, 5])]).toEqual([3, 2.5, 5])
})
