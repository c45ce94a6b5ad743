import type { BaselineProblem } from './baseline-rows.ts'
import { bestFit } from './best-fit.ts'
import { type Curves, efficiencyAt, headAt, powerAt } from './curve.ts'
import { RESIDUAL_LIMITS, residualFindings, shapeProblems, shapeWarnings } from './curve-checks.ts'
import { bestFlowOf, peakFlowOf } from './curve-search.ts'
import { efficiency } from './efficiency.ts'
import type { FittedPolynomial } from './least-squares.ts'

/** One point of a pump test. */
export interface TestPoint {
  /** Where it stands in the file. */
  readonly path: string
  readonly flowM3h: number
  readonly headM: number
  readonly powerKw: number | null
  readonly efficiencyPercent: number | null
}

export interface FittedCurves {
  readonly curves: Curves
  /** null: outside the tested range, or unknown. */
  readonly bestFlowM3h: number | null
  /** Largest distance between a point and its curve, of the value at best efficiency [%]. */
  readonly residualPercent: { readonly head: number; readonly power: number | null; readonly efficiency: number | null }
}

export type CurveOutcome =
  | { readonly kind: 'ok'; readonly fitted: FittedCurves; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

const FEWEST_POINTS = 5

/** Exponents that are tried for each curve; an efficiency without flow is zero. */
const DEGREES = {
  head: [
    [0, 1, 2],
    [0, 1, 2, 3],
    [0, 1, 2, 3, 4],
  ],
  power: [
    [0, 1],
    [0, 1, 2],
    [0, 1, 2, 3],
  ],
  efficiency: [
    [1, 2],
    [1, 2, 3],
    [1, 2, 3, 4],
  ],
} as const

/**
 * Curves of head, power and efficiency through the points of a pump test.
 *
 * Each is a polynomial in flow, of the degree that best foretells the points left out of it. Efficiency follows from
 * head and power where there is power. Checked: at least five points, a head that falls from at most the middle of
 * the range on, a plausible efficiency, points that lie on one curve. Source: ours, on ISO 9906:2012, 6.1 (curves
 * through the measured points).
 */
export function fitCurves(points: readonly TestPoint[], densityKgM3: number): CurveOutcome {
  const sorted = [...points].sort((a, b) => a.flowM3h - b.flowM3h)
  const flows = new Set(sorted.map(({ flowM3h }) => flowM3h))
  if (flows.size < FEWEST_POINTS) {
    const what = `hold ${flows.size} different flow${flows.size === 1 ? '' : 's'}, and curves need ${FEWEST_POINTS}`
    return invalid([{ path: 'rows', what, mend: 'add points, or keep one row for a baseline of one duty point' }])
  }
  const fits = fitEach(sorted, densityKgM3)
  if (fits === null)
    return invalid([{ path: 'rows', what: 'cannot be fitted', mend: 'spread the points over the range of flow' }])
  const { curves } = fits
  const implausible = shapeProblems(curves)
  if (implausible.length > 0) return invalid(implausible)
  const bestFlowM3h = bestFlowOf(curves)
  const at = bestFlowM3h ?? curves.flow_range_m3h[1] / 2
  const { problems, warnings } = residualFindings(sorted, fits.head.residuals, headAt(curves, at))
  if (problems.length > 0) return invalid(problems)
  const residualPercent = {
    head: largestPercent(fits.head.residuals, headAt(curves, at)),
    power: fits.power === null ? null : largestPercent(fits.power.residuals, powerAt(curves, at) ?? 0),
    efficiency: efficiencyResidual(curves, sorted, at),
  }
  return {
    kind: 'ok',
    fitted: { curves, bestFlowM3h, residualPercent },
    warnings: [...warnings, ...shapeWarnings(curves, bestFlowM3h)],
  }
}

function fitEach(points: readonly TestPoint[], densityKgM3: number) {
  const most = points.at(-1)?.flowM3h ?? 0
  const xs = points.map(({ flowM3h }) => flowM3h / most)
  const fitted = (
    ys: readonly number[],
    degrees: readonly (readonly number[])[],
    isPlausible: (trial: FittedPolynomial) => boolean,
  ) => bestFit({ xs, ys }, degrees, isPlausible, (RESIDUAL_LIMITS.warning / 100) * mean(ys))
  const curvesWith = (head: FittedPolynomial, power: FittedPolynomial | null, own: FittedPolynomial | null): Curves => {
    const curves = {
      flow_range_m3h: [points[0]?.flowM3h ?? 0, most] as [number, number],
      head: [...head.coefficients],
      power: power === null ? null : [...power.coefficients],
      efficiency: own === null ? null : [...own.coefficients],
      liquid_density_kg_m3: densityKgM3,
    }
    return { ...curves, peak_flow_m3h: peakFlowOf(curves) }
  }
  const heads = points.map(({ headM }) => headM)
  const head = fitted(heads, DEGREES.head, (trial) => shapeProblems(curvesWith(trial, null, null)).length === 0)
  if (head === null) return null
  const powers = complete(points.map(({ powerKw }) => powerKw))
  const power = powers === null ? null : fitted(powers, DEGREES.power, () => true)
  const efficiencies = power === null ? complete(points.map(({ efficiencyPercent }) => efficiencyPercent)) : null
  const own = efficiencies === null ? null : fitted(efficiencies, DEGREES.efficiency, () => true)
  return { head, power, curves: curvesWith(head, power, own) }
}

function efficiencyResidual(curves: Curves, points: readonly TestPoint[], bestFlowM3h: number): number | null {
  const best = efficiencyAt(curves, bestFlowM3h)
  if (best === null) return null
  const residuals = points.map(({ flowM3h, headM, powerKw, efficiencyPercent }) => {
    const measured = powerKw === null ? efficiencyPercent : efficiency({ flowM3h, headM, powerKw }, curves.liquid_density_kg_m3)
    return (measured ?? 0) - (efficiencyAt(curves, flowM3h) ?? 0)
  })
  return largestPercent(residuals, best)
}

function largestPercent(residuals: readonly number[], value: number): number {
  return Math.round((Math.max(...residuals.map(Math.abs)) / value) * 10_000) / 100
}

function complete(values: readonly (number | null)[]): number[] | null {
  const present = values.filter((value) => value !== null)
  return present.length === values.length ? present : null
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

function invalid(problems: readonly BaselineProblem[]): CurveOutcome {
  return { kind: 'invalid', problems }
}
