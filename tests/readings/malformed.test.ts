import { describe, expect, test } from 'vitest'
import { MALFORMED, outcomeOf } from './malformed.ts'

describe('a malformed input is read as far as it is certain, and named where it is not', () => {
  test.each(MALFORMED)('$kind: $outcome', async (malformed) => {
    expect(await outcomeOf(malformed)).toBe(malformed.outcome)
  })
})
