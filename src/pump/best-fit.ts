import { type FittedPolynomial, fitPolynomial } from './least-squares.ts'

interface Candidate {
  readonly fit: FittedPolynomial
  /** How badly it foretells points that are left out of it. */
  readonly error: number
  /** Its largest residual. */
  readonly worst: number
}

/** A higher degree must foretell the left-out points this much better. Ours. */
const CLEARLY_BETTER = 0.9

/**
 * The polynomial whose degree best foretells the points left out of it, among those of a plausible shape (among all
 * when none has one). Where it leaves a point off by more than `usual` the one that comes closest is taken instead.
 * Null when no degree leaves a point over to be foretold. Source: ours (leave-one-out cross-validation).
 *
 * @param choices exponents of each polynomial, degrees rising
 */
export function bestFit(
  points: { readonly xs: readonly number[]; readonly ys: readonly number[] },
  choices: readonly (readonly number[])[],
  isPlausible: (fit: FittedPolynomial) => boolean,
  usual: number,
): FittedPolynomial | null {
  const candidates = choices.flatMap((powers): Candidate[] => {
    const fit = powers.length < points.xs.length ? fitPolynomial(points.xs, points.ys, powers) : null
    if (fit === null) return []
    return [{ fit, error: Math.hypot(...fit.leftOut), worst: Math.max(...fit.residuals.map(Math.abs)) }]
  })
  const plausible = candidates.filter(({ fit }) => isPlausible(fit))
  const usable = plausible.length > 0 ? plausible : candidates
  const [first] = usable
  if (first === undefined) return null
  const chosen = usable.reduce((best, next) => (next.error < CLEARLY_BETTER * best.error ? next : best), first)
  if (chosen.worst <= usual) return chosen.fit
  return usable.reduce((best, next) => (next.worst < best.worst ? next : best), chosen).fit
}
