import type { CurveBaseline } from './baseline.ts'
import { withCurves } from './curve-baseline.ts'
import { fitCurves, type TestPoint } from './curve-fit.ts'
import {
  type CommissionFacts,
  type Coverage,
  type HealthyReading,
  LARGEST_NOISE_PERCENT,
  noiseAround,
  quantile,
  refusal,
  valuesOf,
  without,
} from './healthy-reading.ts'
import type { Parameter } from './quantities.ts'
import { referenceOnCurve } from './reference.ts'
import { medianOf } from './slots.ts'

export type CommissionedCurve =
  | {
      readonly kind: 'ok'
      readonly baseline: CurveBaseline
      readonly points: readonly TestPoint[]
      readonly refused: readonly string[]
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'none'; readonly reason: string }

/** Flow must range over this factor, 5th to 95th percentile, before it makes a curve. Ours. */
const CURVE_SPAN = 1.3
/** Groups of flow that the curves are drawn through, and the fewest readings of each. Ours. */
const GROUPS = { count: 12, readings: 10 } as const

/** Curves through the medians of readings of about the same flow, all at one speed. */
export function commissionCurve(
  readings: readonly HealthyReading[],
  coverage: Coverage,
  facts: CommissionFacts & { readonly speed_rpm: number | null },
  densityKgM3: number,
): CommissionedCurve {
  const { flowM3h } = coverage
  if (flowM3h === null || valuesOf(readings, 'head').length === 0)
    return { kind: 'none', reason: 'no curves: they need flow and head' }
  const span = flowM3h[1] / flowM3h[0]
  if (!(span >= CURVE_SPAN)) {
    return {
      kind: 'none',
      reason: `no curves: flow ranges over a factor of ${span.toFixed(2)} only, and ${CURVE_SPAN} is needed`,
    }
  }
  const points = groupedByFlow(readings)
  const outcome = fitCurves(points, densityKgM3)
  if (outcome.kind === 'invalid') {
    return { kind: 'none', reason: `no curves: ${outcome.problems.map(({ path, what }) => `${path} ${what}`).join('; ')}` }
  }
  const bare = withCurves({ ...facts, noise: null, points: points.length }, outcome.fitted)
  const noise = noiseAround(readings, (duty) => referenceOnCurve(bare, 1, duty, densityKgM3).values)
  if ((noise.head ?? 0) > LARGEST_NOISE_PERCENT) return { kind: 'none', reason: `no curves: ${refusal('head', noise.head ?? 0)}` }
  if ((noise.power ?? 0) > LARGEST_NOISE_PERCENT) {
    const rest = commissionCurve(without(['power'], readings), coverage, facts, densityKgM3)
    return rest.kind === 'none' ? rest : { ...rest, refused: [refusal('power', noise.power ?? 0)] }
  }
  return { kind: 'ok', baseline: { ...bare, noise }, points, refused: [], warnings: outcome.warnings }
}

function groupedByFlow(readings: readonly HealthyReading[]): TestPoint[] {
  const whole = readings.filter(({ duty }) => duty.flow !== null && duty.head !== null)
  const flows = valuesOf(whole, 'flow').sort((a, b) => a - b)
  const least = quantile(flows, 0.01)
  const width = (quantile(flows, 0.99) - least) / GROUPS.count
  const groups: HealthyReading[][] = Array.from({ length: GROUPS.count }, () => [])
  for (const reading of whole) groups[Math.floor(((reading.duty.flow ?? 0) - least) / width)]?.push(reading)
  return groups.flatMap((group, index) => (group.length < GROUPS.readings ? [] : [groupPoint(group, `flow group ${index + 1}`)]))
}

function groupPoint(group: readonly HealthyReading[], path: string): TestPoint {
  const median = (parameter: Parameter): number | null => {
    const values = valuesOf(group, parameter)
    return values.length < GROUPS.readings ? null : medianOf(values)
  }
  const power = median('power')
  return {
    path,
    flowM3h: median('flow') ?? 0,
    headM: median('head') ?? 0,
    powerKw: power,
    efficiencyPercent: power === null ? median('efficiency') : null,
  }
}
