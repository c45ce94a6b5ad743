import type { BaselineProblem } from './baseline-rows.ts'
import { type Curves, efficiencyAt, headAt } from './curve.ts'
import { testedFlows } from './curve-search.ts'

/** Distance of a point from the head curve, of the head at best efficiency, that is warned of and that is refused [%]. Ours. */
export const RESIDUAL_LIMITS = { warning: 2, problem: 10 } as const
/** Share of the tested range in which the head may rise before it falls. Ours. */
const LATEST_PEAK = 0.5
/** Best efficiencies of pumps, from the smallest circulators to the largest pumps [%]. Ours. */
const PLAUSIBLE_EFFICIENCY = { min: 5, max: 95 } as const

/** Why curves cannot be those of a centrifugal pump; empty when they can. */
export function shapeProblems(curves: Curves): BaselineProblem[] {
  const [least, most] = curves.flow_range_m3h
  const peak = curves.peak_flow_m3h
  const falling = testedFlows(curves).filter((flow) => flow >= peak)
  const rises = falling.find((flow, index) => index > 0 && headAt(curves, flow) > headAt(curves, falling[index - 1] ?? flow))
  if (peak > least + LATEST_PEAK * (most - least) || rises !== undefined) {
    const what = `does not fall with flow: it still rises at ${round(rises ?? peak)} m³/h`
    return [{ path: 'head', what, mend: 'check which column is which, and drop points that were not steady' }]
  }
  if (headAt(curves, most) <= 0) {
    return [{ path: 'head', what: 'falls below zero within the tested range', mend: 'check the head of the last points' }]
  }
  const best = Math.max(...testedFlows(curves).map((flow) => efficiencyAt(curves, flow) ?? 0))
  if (best <= PLAUSIBLE_EFFICIENCY.max) return []
  const what = `comes to ${round(best)} % by flow, head and power, and no pump is that good`
  return [{ path: 'efficiency', what, mend: 'check the units in the headers' }]
}

/** What a reader of the baseline should know of curves that are plausible. */
export function shapeWarnings(curves: Curves, bestFlowM3h: number | null): string[] {
  const [least, most] = curves.flow_range_m3h
  const warnings: string[] = []
  if (curves.peak_flow_m3h > least + 0.02 * (most - least)) {
    warnings.push(`head rises up to ${round(curves.peak_flow_m3h)} m³/h: flow at equal head is told from there on only`)
  }
  const best = efficiencyAt(curves, bestFlowM3h ?? most)
  if (best !== null && best < PLAUSIBLE_EFFICIENCY.min) warnings.push(`best efficiency is only ${round(best)} %: check the units`)
  if (best !== null && bestFlowM3h === null) {
    warnings.push('best efficiency lies outside the tested range: the preferred operating region is not judged')
  }
  return warnings
}

/** Points that do not lie on the head curve. */
export function residualFindings(
  points: readonly { readonly path: string }[],
  residuals: readonly number[],
  headAtBestM: number,
): { readonly problems: readonly BaselineProblem[]; readonly warnings: readonly string[] } {
  const problems: BaselineProblem[] = []
  const warnings: string[] = []
  for (const [index, residual] of residuals.entries()) {
    const percent = (Math.abs(residual) / headAtBestM) * 100
    if (percent <= RESIDUAL_LIMITS.warning) continue
    const path = points[index]?.path ?? 'rows'
    const what = `head lies ${round(percent)} % of the head at best efficiency off the curve`
    if (percent > RESIDUAL_LIMITS.problem) problems.push({ path, what, mend: 'check the point, or drop it' })
    else warnings.push(`${path}: ${what}`)
  }
  return { problems, warnings }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
