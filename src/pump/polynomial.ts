/** Coefficients, rising: c0 + c1·x + c2·x² + … */
export type Polynomial = readonly number[]

/** Value by Horner's rule. */
export function polynomialAt(polynomial: Polynomial, x: number): number {
  let value = 0
  for (let power = polynomial.length - 1; power >= 0; power--) value = value * x + (polynomial[power] as number)
  return value
}
