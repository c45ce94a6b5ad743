/** Probabilities of models that need no training worth the name; a real model must beat them. */

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
