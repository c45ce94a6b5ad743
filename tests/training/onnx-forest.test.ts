import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { binned } from '../../src/training/bins.ts'
import { growForest, predictForest } from '../../src/training/forest.ts'
import { onnxClassifier } from '../../src/training/onnx-forest.ts'
import { createRandom } from '../../src/training/random.ts'
import { classTarget } from '../../src/training/target.ts'

const WIDTH = 6

function grownFor(classes: number) {
  const random = createRandom(classes)
  const rows = 2000
  const matrix = Float32Array.from({ length: rows * WIDTH }, () => random.normal())
  const labels = Uint8Array.from({ length: rows }, (_, row) => {
    const score = (matrix[row * WIDTH] as number) + (matrix[row * WIDTH + 1] as number) + 0.5 * random.normal()
    return Math.min(classes - 1, Math.max(0, Math.floor(((score + 3) / 6) * classes)))
  })
  const task = {
    matrix,
    bins: binned(matrix, WIDTH),
    target: classTarget(labels, classes),
    runs: new Int32Array(rows),
    weights: new Float64Array(rows).fill(1),
  }
  return growForest(task, { trees: 30, maxDepth: 20, minLeaf: 1, featuresPerSplit: 3, bag: { by: 'rows', share: 1 }, seed: 1 })
    .forest
}

describe('a forest as ONNX', () => {
  test.each([2, 3, 5])('gives the probabilities of our own trees to 1e-6, with %i classes', async (classes) => {
    const forest = grownFor(classes)
    const names = Array.from({ length: classes }, (_, c) => `class ${c}`)
    const session = await InferenceSession.create(onnxClassifier(forest, names, WIDTH))
    const random = createRandom(77)
    const rows = 4000
    const matrix = Float32Array.from({ length: rows * WIDTH }, () => 2 * random.normal())
    // Rows that lie exactly on thresholds must go the same way too.
    const thresholds = forest.trees.flatMap(({ threshold, feature }) => [...threshold].filter((_, node) => feature[node] === 0))
    for (let row = 0; row < 1000; row++) matrix[row * WIDTH] = thresholds[row % thresholds.length] as number
    const output = await session.run({ input: new Tensor('float32', matrix, [rows, WIDTH]) })
    const expected = predictForest(forest, matrix, WIDTH)
    const answered = output['probabilities']?.data as Float32Array
    expect(output['probabilities']?.dims).toEqual([rows, classes])
    let worst = 0
    for (const [i, value] of expected.entries()) worst = Math.max(worst, Math.abs(value - (answered[i] as number)))
    expect(worst).toBeLessThan(1e-6)
    const labels = output['label']?.data as unknown as string[]
    const best = (row: number) => Math.max(...answered.subarray(row * classes, (row + 1) * classes))
    for (let row = 0; row < rows; row++)
      expect(answered[row * classes + names.indexOf(labels[row] as string)]).toBeCloseTo(best(row), 6)
  })

  test('is the same bytes for the same forest', () => {
    expect(onnxClassifier(grownFor(3), ['a', 'b', 'c'], WIDTH)).toEqual(onnxClassifier(grownFor(3), ['a', 'b', 'c'], WIDTH))
  })
})
