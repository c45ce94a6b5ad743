import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mean, ourAccuracies, type ParityData, worstOnnxDifference } from '../bench/parity/compare.ts'

// Fisher's irises as scikit-learn ships them, 20 splits, and the accuracy of its own forest of 30 trees on each:
// `python tests/bench/parity/scikit.py DIR 20 30`. The larger data sets take minutes: tests/bench/forest-parity.ts.
const iris = JSON.parse(readFileSync(join(import.meta.dirname, '../bench/parity/iris.json'), 'utf8')) as ParityData
const TREES = 30

test("a forest's accuracy is that of scikit-learn's with the same settings, within one point over 20 splits", () => {
  expect(iris.splits).toHaveLength(20)
  expect(Math.abs(mean(ourAccuracies(iris, TREES)) - mean(iris.accuracies))).toBeLessThan(0.01)
})

test('ONNX Runtime agrees with our own trees to 1e-6 on 100,000 random rows', async () => {
  expect(await worstOnnxDifference(iris, TREES, 100_000)).toBeLessThan(1e-6)
})
