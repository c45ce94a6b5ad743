import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberIn } from '../../src/readings/cell.ts'

describe('a cell holds the number that JavaScript reads in it', () => {
  const decimal = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.stringMatching(/^-?\d{1,17}$/),
    fc.stringMatching(/^-?\d{0,12}\.\d{1,12}$/),
    fc.stringMatching(/^-?\d{1,16}\.$/),
  )

  test('to the last bit, negative zero included', () => {
    fc.assert(
      fc.property(decimal, (text) => {
        expect(numberIn(text, '.')).toBe(Number(text))
      }),
      { numRuns: 2000 },
    )
  })

  test('with a decimal comma as well', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^-?\d{0,12}\.\d{1,12}$/), (text) => {
        expect(numberIn(text.replace('.', ','), ',')).toBe(Number(text))
      }),
    )
  })

  test.each(['', '-', '.', '-.', '1.2.3', '--1', '1-', '0x10', '1e400', '1 2', 'Infinity'])('"%s" is none', (text) => {
    expect(numberIn(text, '.')).toBeNaN()
  })

  test.each([
    [' 5 ', 5],
    ['+5', 5],
    ['1e3', 1000],
    ['1,234.5', 1234.5],
    ['−5', -5],
    ['12345678901234567890', 1.2345678901234567e19],
  ])('"%s" is %d', (text, value) => {
    expect(numberIn(text, '.')).toBe(value)
  })
})
