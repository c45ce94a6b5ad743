import type { Polynomial } from './polynomial.ts'

export interface FittedPolynomial {
  readonly coefficients: Polynomial
  /** Measured minus fitted, of each point. */
  readonly residuals: readonly number[]
  /** Residual of each point when it is left out of the fit: how well the others foretell it. */
  readonly leftOut: readonly number[]
}

/**
 * The polynomial of a degree that lies closest to some points.
 *
 *     minimise Σ(y − Σ c_k·x^k)²
 *
 * xs, scaled to 0…1; ys; powers, the exponents in use (without 0 the curve passes through the origin). Result:
 * coefficients by rising power, zero where not in use. Needs more points than powers and distinct xs; null otherwise.
 * By Householder reflections, which keep twice the digits of the normal equations. Example: the points (0, 1), (1, 3),
 * (2, 7) with powers 0, 1, 2 give 1 + x + x². Source: Golub and Van Loan, Matrix Computations, 4th ed., 5.2 and 5.3.
 */
export function fitPolynomial(xs: readonly number[], ys: readonly number[], powers: readonly number[]): FittedPolynomial | null {
  const rows = xs.length
  const columns = powers.length
  if (rows < columns) return null
  // Rows of [powers of x | y | identity]: the last part becomes the transposed orthogonal factor.
  const matrix = xs.map((x, row) => [
    ...powers.map((power) => x ** power),
    ys[row] as number,
    ...xs.map((_, other) => (other === row ? 1 : 0)),
  ])
  for (let column = 0; column < columns; column++) if (!reflect(matrix, column)) return null
  const coefficients = backSubstituted(matrix, powers)
  const residuals = xs.map(
    (x, row) => (ys[row] as number) - powers.reduce((sum, power) => sum + (coefficients[power] as number) * x ** power, 0),
  )
  // The leverage of a point is the squared length of its row of the orthogonal factor.
  const leftOut = residuals.map((residual, row) => {
    const leverage = powers.reduce((sum, _, column) => sum + (matrix[column]?.[columns + 1 + row] as number) ** 2, 0)
    return leverage > 1 - 1e-9 ? Number.POSITIVE_INFINITY : residual / (1 - leverage)
  })
  return { coefficients, residuals, leftOut }
}

/** Turns a column to zero below the diagonal; false when nothing is left of it. */
function reflect(matrix: number[][], column: number): boolean {
  const below = matrix.slice(column)
  const norm = Math.hypot(...below.map((row) => row[column] as number))
  if (norm < 1e-12) return false
  const head = below[0]?.[column] as number
  const alpha = head > 0 ? -norm : norm
  const vector = below.map((row, index) => (row[column] as number) - (index === 0 ? alpha : 0))
  const scale = 2 / vector.reduce((sum, entry) => sum + entry * entry, 0)
  for (let other = column; other < (matrix[0]?.length ?? 0); other++) {
    const along = scale * below.reduce((sum, row, index) => sum + (vector[index] as number) * (row[other] as number), 0)
    for (const [index, row] of below.entries()) row[other] = (row[other] as number) - along * (vector[index] as number)
  }
  return true
}

function backSubstituted(matrix: readonly (readonly number[])[], powers: readonly number[]): number[] {
  const columns = powers.length
  const solution: number[] = new Array(columns).fill(0)
  for (let row = columns - 1; row >= 0; row--) {
    let value = matrix[row]?.[columns] as number
    for (let column = row + 1; column < columns; column++)
      value -= (matrix[row]?.[column] as number) * (solution[column] as number)
    solution[row] = value / (matrix[row]?.[row] as number)
  }
  const coefficients: number[] = new Array(Math.max(...powers) + 1).fill(0)
  for (const [index, power] of powers.entries()) coefficients[power] = solution[index] as number
  return coefficients
}
