import { describe, expect, test } from 'vitest'
import { binned } from '../../src/training/bins.ts'
import { growForest } from '../../src/training/forest.ts'
import { growForestOn } from '../../src/training/parallel-forest.ts'
import { createRandom } from '../../src/training/random.ts'
import { classTarget, type Target, valueTarget } from '../../src/training/target.ts'

const ROWS = 20_000
const SETTINGS = { trees: 30, maxDepth: 6, minLeaf: 5, featuresPerSplit: 2, bag: { by: 'runs', share: 0.5 }, seed: 3 } as const

function taskFor(targetOf: (matrix: Float32Array) => Target) {
  const random = createRandom(1)
  const matrix = Float32Array.from({ length: ROWS * 3 }, () => random.normal())
  const runs = Int32Array.from({ length: ROWS }, (_, row) => Math.floor(row / 500))
  return { matrix, bins: binned(matrix, 3), target: targetOf(matrix), runs, weights: new Float64Array(ROWS).fill(1) }
}

describe('a forest grown on several threads', () => {
  test.each([
    [
      'classes',
      (matrix: Float32Array) =>
        classTarget(
          Uint8Array.from({ length: ROWS }, (_, row) => ((matrix[row * 3] as number) > 0 ? 1 : 0)),
          2,
        ),
    ],
    [
      'values',
      (matrix: Float32Array) => valueTarget(Float64Array.from({ length: ROWS }, (_, row) => matrix[row * 3 + 1] as number)),
    ],
  ])('is the same to the bit, out-of-bag answers included, for %s', async (_, targetOf) => {
    const task = taskFor(targetOf)
    const heard: number[] = []
    const parallel = await growForestOn(3, task, SETTINGS, (grown) => heard.push(grown))
    expect(parallel).toEqual(growForest(task, SETTINGS))
    expect(heard).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  })

  test('takes no threads for little work', async () => {
    const heard: number[] = []
    await growForestOn(
      3,
      taskFor(() => valueTarget(new Float64Array(ROWS))),
      { ...SETTINGS, trees: 2 },
      (grown) => heard.push(grown),
    )
    expect(heard).toEqual([2])
  })

  test('fails where a thread does', async () => {
    const task = taskFor(() => valueTarget(Float64Array.from({ length: ROWS }, (_, row) => row)))
    const broken = { ...task, bins: { ...task.bins, columns: [undefined as unknown as Uint8Array] } }
    await expect(growForestOn(2, broken, SETTINGS, () => undefined)).rejects.toThrow('undefined')
  })
})
