import type { Dataset } from './dataset.ts'

/** What needs no training worth the name; a real model must beat it. */

/** Says the shares of the classes in training, whatever the row. */
export function alwaysTheShares(trained: Uint8Array, rows: number, classes: number): Float64Array {
  const shares = new Float64Array(classes)
  for (const label of trained) shares[label] = (shares[label] as number) + 1 / trained.length
  return Float64Array.from({ length: rows * classes }, (_, i) => shares[i % classes] as number)
}

/** Says the class whose mean row is nearest, in scaled features, with certainty. */
export function nearestMean(
  trained: { matrix: Float32Array; labels: Uint8Array },
  unseen: Float32Array,
  width: number,
  classes: number,
): Float64Array {
  const means = meansOf(trained.matrix, trained.labels, width, classes)
  const rows = unseen.length / width
  const answers = new Float64Array(rows * classes)
  for (let row = 0; row < rows; row++) {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, f) => sum + (value - (unseen[row * width + f] as number)) ** 2, 0),
    )
    answers[row * classes + distances.indexOf(Math.min(...distances))] = 1
  }
  return answers
}

function meansOf(matrix: Float32Array, labels: Uint8Array, width: number, classes: number): Float64Array[] {
  return Array.from({ length: classes }, (_, c) => {
    const mean = new Float64Array(width)
    let count = 0
    for (const [row, label] of labels.entries()) {
      if (label !== c) continue
      count += 1
      for (let f = 0; f < width; f++) mean[f] = (mean[f] as number) + (matrix[row * width + f] as number)
    }
    return mean.map((sum) => (count === 0 ? Number.POSITIVE_INFINITY : sum / count))
  })
}

/** Share of the healthy training rows that the limit of the last value lets through. */
const WITHIN = 0.99

/** 1 where the newest reading alone passes what most healthy rows of the training runs keep. */
export function lastValueAlarms(seen: Dataset, unseen: Dataset, normal: string): Uint8Array {
  const healthy = seen.classes.indexOf(normal)
  const sorted = seen.worstDeviations.filter((_, row) => seen.labels[row] === healthy).sort()
  const limit = sorted[Math.min(sorted.length - 1, Math.floor(WITHIN * sorted.length))] ?? Number.POSITIVE_INFINITY
  return Uint8Array.from(unseen.worstDeviations, (worst) => (worst > limit ? 1 : 0))
}
