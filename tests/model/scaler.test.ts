import { expect, test } from 'vitest'
import { scaleInto } from '../../src/model/scaler.ts'

test('scales in double precision and rounds once, into the place of the row', () => {
  const out = new Float32Array(4).fill(-1)
  scaleInto(Float64Array.of(16_777_217, 0.3), { features: ['a', 'b'], mean: [16_777_216, 0.1], scale: [1, 3] }, out, 2)
  // In float32 the first difference would be 0.
  expect([...out]).toEqual([-1, -1, 1, Math.fround((0.3 - 0.1) / 3)])
})

test('leaves the values as they are, but for rounding, for a model that scales itself', () => {
  const out = new Float32Array(2)
  scaleInto(Float64Array.of(0.1, 2), null, out, 0)
  expect([...out]).toEqual([Math.fround(0.1), 2])
})
