import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { binned } from '../../src/training/bins.ts'
import { growForest, predictForest } from '../../src/training/forest.ts'
import { onnxModel } from '../../src/training/onnx-forest.ts'
import { createRandom } from '../../src/training/random.ts'
import { classTarget, valueTarget } from '../../src/training/target.ts'

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

function livesFor() {
  const random = createRandom(9)
  const matrix = Float32Array.from({ length: 1000 * WIDTH }, () => random.normal())
  const lives = Float64Array.from({ length: 1000 }, (_, row) => 15 + 5 * (matrix[row * WIDTH + 2] as number))
  const task = {
    matrix,
    bins: binned(matrix, WIDTH),
    target: valueTarget(lives),
    runs: new Int32Array(1000),
    weights: lives.map(() => 1),
  }
  return growForest(task, { trees: 30, maxDepth: 8, minLeaf: 5, featuresPerSplit: 3, bag: { by: 'rows', share: 1 }, seed: 1 })
    .forest
}

describe('a forest as ONNX', () => {
  test.each([2, 3, 5])('gives the probabilities of our own trees to 1e-6, with %i classes', async (classes) => {
    const forest = grownFor(classes)
    const names = Array.from({ length: classes }, (_, c) => `class ${c}`)
    const session = await InferenceSession.create(onnxModel({ width: WIDTH, classes: names, classifier: forest, rul: null }))
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
    const written = () => onnxModel({ width: WIDTH, classes: ['a', 'b', 'c'], classifier: grownFor(3), rul: livesFor() })
    expect(written()).toEqual(written())
  })

  test('gives the remaining useful life of our own trees to 1e-6 of its size, beside the classes', async () => {
    const rul = livesFor()
    const session = await InferenceSession.create(
      onnxModel({ width: WIDTH, classes: ['a', 'b', 'c'], classifier: grownFor(3), rul }),
    )
    const random = createRandom(78)
    const matrix = Float32Array.from({ length: 3000 * WIDTH }, () => random.normal())
    const output = await session.run({ input: new Tensor('float32', matrix, [3000, WIDTH]) })
    expect(output['rul_days']?.dims).toEqual([3000, 1])
    expect(output['probabilities']?.dims).toEqual([3000, 3])
    const answered = output['rul_days']?.data as Float32Array
    for (const [row, days] of predictForest(rul, matrix, WIDTH).entries()) {
      if (Math.abs(days - (answered[row] as number)) > 1e-6 * Math.abs(days))
        throw new Error(`row ${row}: ${answered[row]} is not ${days}`)
    }
  })
})
