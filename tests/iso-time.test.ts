import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isoTime } from '../src/iso-time.ts'

const DAY_MS = 86_400_000
const LONGEST_MS = 8_640_000_000_000_000

test('writes every day of 1900 to 2400 and of the first and last years of four digits as V8 does', () => {
  const written = (from: string, to: string) => {
    for (let ms = Date.parse(`${from}T23:59:59.999Z`); ms <= Date.parse(`${to}T23:59:59.999Z`); ms += DAY_MS)
      if (isoTime(ms) !== new Date(ms).toISOString()) expect(isoTime(ms)).toBe(new Date(ms).toISOString())
  }
  written('0000-01-01', '0009-12-31')
  written('1900-01-01', '2400-12-31')
  written('9990-01-01', '9999-12-31')
})

test('writes any time as V8 does, years of more digits and parts of milliseconds included', () => {
  const time = fc.oneof(
    fc.integer({ min: -LONGEST_MS, max: LONGEST_MS }),
    fc.integer({ min: Date.UTC(1960), max: Date.UTC(2100) }),
    fc.double({ min: -1e13, max: 1e14, noNaN: true }),
  )
  fc.assert(fc.property(time, (ms) => void expect(isoTime(ms)).toBe(new Date(ms).toISOString())))
})

test('refuses what is no time as V8 does', () => {
  for (const ms of [Number.NaN, Number.POSITIVE_INFINITY, LONGEST_MS + 1]) expect(() => isoTime(ms)).toThrow(RangeError)
})
