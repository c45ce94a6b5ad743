/** Most bins per feature: an index fits into one byte. */
const MAX_BINS = 256

/** A matrix cut into bins, column by column; trees are grown on it. */
export interface Bins {
  readonly rows: number
  /** Bin of each row, one array per feature. */
  readonly columns: readonly Uint8Array[]
  /** Per feature: bin b holds the values above threshold b−1 and up to threshold b. Float32, as ONNX compares them. */
  readonly thresholds: readonly Float32Array[]
}

/** Cuts every column of a row-major matrix at its own quantiles; columns of up to 256 distinct values keep them all apart. */
export function binned(matrix: Float32Array, width: number): Bins {
  const rows = matrix.length / width
  const columns: Uint8Array[] = []
  const thresholds: Float32Array[] = []
  const column = new Float32Array(rows)
  for (let feature = 0; feature < width; feature++) {
    for (let row = 0; row < rows; row++) column[row] = matrix[row * width + feature] as number
    const cuts = cutsOf(column.toSorted())
    thresholds.push(cuts)
    columns.push(Uint8Array.from(column, (value) => binOf(value, cuts)))
  }
  return { rows, columns, thresholds }
}

/** Cuts half-way between neighbouring values, at most 255 of them, each with about as many rows between. */
function cutsOf(sorted: Float32Array): Float32Array {
  const cuts: number[] = []
  const distinct = countDistinct(sorted)
  const every = distinct <= MAX_BINS ? 0 : sorted.length / MAX_BINS
  let since = 0
  for (let i = 1; i < sorted.length; i++) {
    since += 1
    const below = sorted[i - 1] as number
    const above = sorted[i] as number
    if (below === above || since < every || cuts.length === MAX_BINS - 1) continue
    cuts.push(between(below, above))
    since = 0
  }
  return Float32Array.from(cuts)
}

function countDistinct(sorted: Float32Array): number {
  let distinct = sorted.length === 0 ? 0 : 1
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct += 1
  return distinct
}

/** The middle in float32; the lower value where rounding would reach the upper one. */
function between(below: number, above: number): number {
  const middle = Math.fround(below / 2 + above / 2)
  return middle >= below && middle < above ? middle : below
}

/** How many cuts a value lies above. */
function binOf(value: number, cuts: Float32Array): number {
  let low = 0
  let high = cuts.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (value > (cuts[middle] as number)) low = middle + 1
    else high = middle
  }
  return low
}
