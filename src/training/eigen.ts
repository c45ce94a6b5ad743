/** Eigenvalues, falling, and the eigenvectors as columns of a row-major matrix in the same order. */
export interface Eigen {
  readonly values: Float64Array
  readonly vectors: Float64Array
}

const SWEEPS = 60
const SMALL = 1e-22

/**
 * Eigenvalues and eigenvectors of a symmetric row-major matrix by Jacobi rotations; each vector's largest part is
 * positive, so that equal data give equal files. Source: Golub and Van Loan, Matrix Computations, 4th edition, 8.5.
 * Example: [2 1; 1 2] has the values 3 and 1 with the vectors (1, 1)/√2 and (1, −1)/√2.
 */
export function eigenOf(symmetric: Float64Array, width: number): Eigen {
  const a = symmetric.slice()
  const v = Float64Array.from({ length: width * width }, (_, i) => (i % (width + 1) === 0 ? 1 : 0))
  const total = a.reduce((sum, value) => sum + value * value, 0)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let off = 0
    for (let p = 0; p < width; p++) for (let q = p + 1; q < width; q++) off += (a[p * width + q] as number) ** 2
    if (off <= SMALL * total) break
    for (let p = 0; p < width; p++) for (let q = p + 1; q < width; q++) rotate(a, v, width, p, q)
  }
  const order = [...Array(width).keys()].sort((i, j) => (a[j * width + j] as number) - (a[i * width + i] as number))
  const vectors = new Float64Array(width * width)
  for (const [to, from] of order.entries()) {
    const column = Array.from({ length: width }, (_, row) => v[row * width + from] as number)
    const largest = column.reduce((most, value) => (Math.abs(value) > Math.abs(most) + 1e-12 ? value : most), 0)
    for (const [row, value] of column.entries()) vectors[row * width + to] = largest < 0 ? -value : value
  }
  return { values: Float64Array.from(order, (i) => a[i * width + i] as number), vectors }
}

/** Turns the plane of p and q so that their common element vanishes. */
function rotate(a: Float64Array, v: Float64Array, width: number, p: number, q: number): void {
  const common = a[p * width + q] as number
  if (common === 0) return
  const theta = ((a[q * width + q] as number) - (a[p * width + p] as number)) / (2 * common)
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1))
  const c = 1 / Math.sqrt(t * t + 1)
  const s = t * c
  const turn = (matrix: Float64Array, first: number, second: number) => {
    const [x, y] = [matrix[first] as number, matrix[second] as number]
    matrix[first] = c * x - s * y
    matrix[second] = s * x + c * y
  }
  for (let k = 0; k < width; k++) turn(a, k * width + p, k * width + q)
  for (let k = 0; k < width; k++) turn(a, p * width + k, q * width + k)
  for (let k = 0; k < width; k++) turn(v, k * width + p, k * width + q)
}
