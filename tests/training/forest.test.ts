import { describe, expect, test } from 'vitest'
import { drawBag } from '../../src/training/bag.ts'
import { binned } from '../../src/training/bins.ts'
import { balancedWeights, type ForestSettings, growForest, predictForest } from '../../src/training/forest.ts'
import { createRandom } from '../../src/training/random.ts'
import { classTarget, valueTarget } from '../../src/training/target.ts'

const SETTINGS: ForestSettings = {
  trees: 20,
  maxDepth: 12,
  minLeaf: 1,
  featuresPerSplit: 2,
  bag: { by: 'rows', share: 1 },
  seed: 4,
}

/** Two classes told apart by the sign of the product of the first two of four features. */
function product(rows: number, seed: number) {
  const random = createRandom(seed)
  const matrix = Float32Array.from({ length: rows * 4 }, () => random.normal())
  const labels = Uint8Array.from({ length: rows }, (_, i) =>
    (matrix[i * 4] as number) * (matrix[i * 4 + 1] as number) > 0 ? 1 : 0,
  )
  return { matrix, labels }
}

function taskOf({ matrix, labels }: ReturnType<typeof product>) {
  const rows = labels.length
  const weights = new Float64Array(rows).fill(1)
  return { matrix, bins: binned(matrix, 4), target: classTarget(labels, 2), runs: Int32Array.from(labels, (_, i) => i), weights }
}

function accuracy(answers: ArrayLike<number>, labels: Uint8Array): number {
  let right = 0
  for (const [row, label] of labels.entries()) if ((answers[row * 2 + label] as number) > 0.5) right += 1
  return right / labels.length
}

describe('a forest of classes', () => {
  test('learns what no single feature tells, and its out-of-bag estimate says how well', () => {
    const train = product(3000, 1)
    const unseen = product(2000, 2)
    const { forest, outOfBag } = growForest(taskOf(train), SETTINGS)
    const measured = accuracy(predictForest(forest, unseen.matrix, 4), unseen.labels)
    expect(measured).toBeGreaterThan(0.95)
    expect(accuracy(outOfBag, train.labels)).toBeGreaterThan(measured - 0.03)
    expect(accuracy(outOfBag, train.labels)).toBeLessThan(measured + 0.03)
  })

  test('says the shares of the classes: they add up to one', () => {
    const { forest } = growForest(taskOf(product(500, 1)), SETTINGS)
    const answers = predictForest(forest, product(100, 3).matrix, 4)
    for (let row = 0; row < 100; row++) expect((answers[row * 2] as number) + (answers[row * 2 + 1] as number)).toBeCloseTo(1, 6)
  })

  test('is the same for the same seed and another for another', () => {
    const task = taskOf(product(400, 1))
    expect(growForest(task, SETTINGS)).toEqual(growForest(task, SETTINGS))
    expect(growForest(task, { ...SETTINGS, seed: 5 }).forest).not.toEqual(growForest(task, SETTINGS).forest)
  })

  test('has a tree that does not depend on how many trees stand beside it', () => {
    const task = taskOf(product(400, 1))
    const few = growForest(task, { ...SETTINGS, trees: 2 }).forest
    expect(growForest(task, SETTINGS).forest.trees.slice(0, 2)).toEqual(few.trees)
  })

  test('keeps leaves as large and trees as shallow as it is told', () => {
    const task = taskOf(product(1000, 1))
    const [stump] = growForest(task, { ...SETTINGS, trees: 1, maxDepth: 1 }).forest.trees
    expect(stump?.feature).toHaveLength(3)
    const [coarse] = growForest(task, { ...SETTINGS, trees: 1, minLeaf: 400 }).forest.trees
    expect(coarse?.feature.length).toBeLessThanOrEqual(3)
  })

  test('gives a rare class as much say as a common one when classes are balanced', () => {
    const labels = Uint8Array.of(0, 0, 0, 1)
    expect([...balancedWeights(labels, 2)]).toEqual([2 / 3, 2 / 3, 2 / 3, 2])
  })
})

describe('a forest of values', () => {
  test('learns a curve: its mean error is far below the scatter of the values', () => {
    const random = createRandom(8)
    const matrix = Float32Array.from({ length: 3000 }, () => random.between(-3, 3))
    const values = Float64Array.from(matrix, (x) => Math.sin(x))
    const task = {
      matrix,
      bins: binned(matrix, 1),
      target: valueTarget(values),
      runs: Int32Array.from(values, (_, i) => i),
      weights: values.map(() => 1),
    }
    const { forest } = growForest(task, { ...SETTINGS, featuresPerSplit: 1 })
    const answers = predictForest(forest, matrix, 1)
    const error = Math.sqrt(answers.reduce((sum, answer, i) => sum + (answer - (values[i] as number)) ** 2, 0) / 3000)
    expect(error).toBeLessThan(0.02)
  })
})

describe('bins', () => {
  test('keep few distinct values apart, with thresholds half-way between', () => {
    const bins = binned(Float32Array.of(1, 3, 2, 3, 1), 1)
    expect([...(bins.thresholds[0] as Float32Array)]).toEqual([1.5, 2.5])
    expect([...(bins.columns[0] as Uint8Array)]).toEqual([0, 2, 1, 2, 0])
  })

  test('cut many values into at most 256 parts of about the same size, and agree with a comparison in float32', () => {
    const random = createRandom(1)
    const matrix = Float32Array.from({ length: 20_000 }, () => random.normal() ** 3)
    const { columns, thresholds } = binned(matrix, 1)
    const [column, cuts] = [columns[0] as Uint8Array, thresholds[0] as Float32Array]
    const counts = new Int32Array(256)
    for (const bin of column) counts[bin] = (counts[bin] as number) + 1
    expect(cuts.length).toBeLessThanOrEqual(255)
    expect(Math.max(...counts)).toBeLessThan(200)
    for (let row = 0; row < 20_000; row++) {
      const bin = column[row] as number
      if (bin < cuts.length && (matrix[row] as number) > (cuts[bin] as number)) throw new Error(`row ${row} lies above its bin`)
      if (bin > 0 && (matrix[row] as number) <= (cuts[bin - 1] as number)) throw new Error(`row ${row} lies below its bin`)
    }
  })

  test('separate two neighbouring float32 numbers', () => {
    const next = Math.fround(1 + 2 ** -23)
    const { columns, thresholds } = binned(Float32Array.of(1, next), 1)
    expect([...(thresholds[0] as Float32Array)]).toEqual([1])
    expect([...(columns[0] as Uint8Array)]).toEqual([0, 1])
  })
})

describe('a bag', () => {
  test('of runs takes a run whole or not at all', () => {
    const runs = Int32Array.from({ length: 1000 }, (_, i) => Math.floor(i / 100))
    const bag = drawBag(runs, { by: 'runs', share: 1 }, createRandom(2))
    const perRun = Array.from({ length: 10 }, (_, run) => new Set(bag.slice(run * 100, run * 100 + 100)))
    expect(perRun.every((times) => times.size === 1)).toBe(true)
    expect(perRun.some((times) => times.has(0))).toBe(true)
  })

  test('of rows leaves out about 37 % of them', () => {
    const bag = drawBag(new Int32Array(10_000), { by: 'rows', share: 1 }, createRandom(2))
    expect(bag.filter((times) => times === 0).length / 10_000).toBeCloseTo(Math.exp(-1), 1)
  })
})
