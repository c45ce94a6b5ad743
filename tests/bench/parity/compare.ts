import { InferenceSession, Tensor } from 'onnxruntime-node'
import { binned } from '../../../src/training/bins.ts'
import { type Forest, growForest, predictForest } from '../../../src/training/forest.ts'
import { onnxModel } from '../../../src/training/onnx-forest.ts'
import { createRandom } from '../../../src/training/random.ts'
import { classTarget } from '../../../src/training/target.ts'

/** A data set with what scikit-learn's forest reached on it (scikit.py). */
export interface ParityData {
  readonly x: readonly (readonly number[])[]
  readonly y: readonly number[]
  /** Row orders; the first 70 % of each are trained on. */
  readonly splits: readonly (readonly number[])[]
  readonly accuracies: readonly number[]
  readonly scikit: string
}

/** Accuracy of our own forest on each split, with scikit-learn's default settings. */
export function ourAccuracies({ x, y, splits }: ParityData, trees: number): number[] {
  return splits.map((order, seed) => {
    const cut = Math.floor(0.7 * order.length)
    const unseen = order.slice(cut)
    const { forest, classes } = forestOf(x, y, order.slice(0, cut), trees, seed)
    const answers = predictForest(forest, matrixOf(x, unseen), x[0]?.length ?? 0)
    const right = unseen.filter((row, i) => {
      const said = answers.subarray(i * classes, (i + 1) * classes)
      return said.indexOf(Math.max(...said)) === y[row]
    })
    return right.length / unseen.length
  })
}

/** Greatest difference between ONNX Runtime and our own trees, on random rows within twice the data's range. */
export async function worstOnnxDifference({ x, y }: ParityData, trees: number, rows: number): Promise<number> {
  const { forest, classes } = forestOf(x, y, [...y.keys()], trees, 1)
  const width = x[0]?.length ?? 0
  const names = Array.from({ length: classes }, (_, c) => `class ${c}`)
  const session = await InferenceSession.create(onnxModel({ width, classes: names, classifier: forest, rul: null }))
  const random = createRandom(5)
  const columns = Array.from({ length: width }, (_, f) => x.map((row) => row[f] as number))
  const ranges = columns.map((column) => ({ low: Math.min(...column), high: Math.max(...column) }))
  const matrix = Float32Array.from({ length: rows * width }, (_, i) => {
    const { low, high } = ranges[i % width] as { low: number; high: number }
    return low + (2 * random.uniform() - 0.5) * (high - low)
  })
  const output = await session.run({ input: new Tensor('float32', matrix, [rows, width]) }, ['probabilities'])
  const answered = output['probabilities']?.data as Float32Array
  return predictForest(forest, matrix, width).reduce(
    (worst, own, i) => Math.max(worst, Math.abs(own - (answered[i] as number))),
    0,
  )
}

function forestOf(
  x: ParityData['x'],
  y: readonly number[],
  rows: readonly number[],
  trees: number,
  seed: number,
): { forest: Forest; classes: number } {
  const width = x[0]?.length ?? 0
  const classes = Math.max(...y) + 1
  const matrix = matrixOf(x, rows)
  const labels = Uint8Array.from(rows, (row) => y[row] as number)
  const task = {
    matrix,
    bins: binned(matrix, width),
    target: classTarget(labels, classes),
    runs: Int32Array.from(labels, (_, row) => row),
    weights: new Float64Array(labels.length).fill(1),
  }
  const settings = { trees, maxDepth: 60, minLeaf: 1, featuresPerSplit: Math.floor(Math.sqrt(width)), seed }
  return { forest: growForest(task, { ...settings, bag: { by: 'rows', share: 1 } }).forest, classes }
}

function matrixOf(x: ParityData['x'], rows: readonly number[]): Float32Array {
  return Float32Array.from(rows.flatMap((row) => x[row] as number[]))
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
