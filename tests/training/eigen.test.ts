import { describe, expect, test } from 'vitest'
import { eigenOf } from '../../src/training/eigen.ts'
import { createRandom } from '../../src/training/random.ts'

describe('eigenvalues and eigenvectors', () => {
  test('those of [2 1; 1 2] are 3 along the diagonal and 1 across it', () => {
    const { values, vectors } = eigenOf(Float64Array.of(2, 1, 1, 2), 2)
    const half = Math.SQRT1_2
    expect([...values]).toEqual([expect.closeTo(3, 12), expect.closeTo(1, 12)])
    expect([...vectors].map(Math.abs)).toEqual(Array.from({ length: 4 }, () => expect.closeTo(half, 12)))
    expect((vectors[1] as number) * (vectors[3] as number)).toBeLessThan(0)
  })

  test('put together again they give the matrix, and the vectors are at right angles', () => {
    const width = 7
    const random = createRandom(3)
    const half = Float64Array.from({ length: width * width }, () => random.normal())
    const at = (matrix: Float64Array, row: number, column: number) => matrix[row * width + column] as number
    const symmetric = half.map((value, i) => value + at(half, i % width, Math.floor(i / width)))
    const { values, vectors } = eigenOf(symmetric, width)
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
    for (let row = 0; row < width; row++) {
      for (let column = 0; column < width; column++) {
        let again = 0
        let product = 0
        for (let k = 0; k < width; k++) {
          again += (values[k] as number) * at(vectors, row, k) * at(vectors, column, k)
          product += at(vectors, k, row) * at(vectors, k, column)
        }
        expect(again).toBeCloseTo(at(symmetric, row, column), 10)
        expect(product).toBeCloseTo(row === column ? 1 : 0, 10)
      }
    }
  })
})
