import type { Baseline, PointBaseline } from './baseline.ts'
import type { BaselineProblem } from './baseline-rows.ts'
import { commissionCurve } from './commission-curve.ts'
import type { TestPoint } from './curve-fit.ts'
import type { DutyPoint } from './deviation.ts'
import { efficiency } from './efficiency.ts'
import {
  type CommissionFacts,
  type Coverage,
  type HealthyReading,
  LARGEST_NOISE_PERCENT,
  movedTo,
  noiseAround,
  quantile,
  refusal,
  valuesOf,
  without,
} from './healthy-reading.ts'
import { PARAMETERS, type Parameter } from './quantities.ts'
import { medianOf } from './slots.ts'

export type Commissioning =
  | {
      readonly kind: 'ok'
      readonly baseline: Baseline
      /** What the curves go through; empty for a point. */
      readonly points: readonly TestPoint[]
      readonly coverage: Coverage
      /** Quantities that are left out because their noise says more than their value. */
      readonly refused: readonly string[]
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

/** Fewer healthy readings make no baseline. Ours. */
const FEWEST_READINGS = 100
/** Readings further from the speed of a point baseline are left out. Ours. */
const POINT_SPEEDS = 0.03
/** A point baseline of a pump whose values move more than this is warned of [%]. Ours. */
const STEADY_PERCENT = 5

/**
 * A baseline from a pump's own healthy running data: curves when the data span enough flow, else the median duty
 * point, with the noise of each deviation.
 *
 * A field pump rarely stands on its catalogue curve, so what it did when it was known to be healthy is the better
 * thing to compare with. Readings at other speeds are brought to the median speed by the affinity laws for curves and
 * left out for a point. A quantity that scatters by more than a quarter of its value, about the curve or the median, is
 * refused.
 * Source: ours.
 */
export function commission(readings: readonly HealthyReading[], facts: CommissionFacts, densityKgM3: number): Commissioning {
  if (readings.length < FEWEST_READINGS) {
    const what = `hold ${readings.length} running readings, and a baseline needs ${FEWEST_READINGS}`
    return invalid({ path: 'readings', what, mend: 'widen --from and --to, or check the running gate' })
  }
  const speeds = readings.flatMap(({ speedRpm }) => (speedRpm === null ? [] : [speedRpm])).sort((a, b) => a - b)
  const speedRpm = speeds.length === 0 ? null : medianOf(speeds)
  const based = { ...facts, speed_rpm: speedRpm }
  const atOneSpeed = readings.map((reading) => movedTo(speedRpm, reading, facts.power_definition))
  const coverage = coverageOf(atOneSpeed, speeds)
  const curve = commissionCurve(atOneSpeed, coverage, based, densityKgM3)
  if (curve.kind === 'ok') {
    return {
      kind: 'ok',
      baseline: curve.baseline,
      points: curve.points,
      coverage,
      refused: curve.refused,
      warnings: curve.warnings,
    }
  }
  const steady = readings.filter(
    ({ speedRpm: own }) => own === null || speedRpm === null || Math.abs(own / speedRpm - 1) <= POINT_SPEEDS,
  )
  const noise = noiseAround(steady, () => mediansOf(steady, densityKgM3))
  const spoilt = PARAMETERS.filter((parameter) => (noise[parameter] ?? 0) > LARGEST_NOISE_PERCENT)
  const refused = spoilt.map((parameter) => refusal(parameter, noise[parameter] ?? 0))
  const point = pointOf(without(spoilt, steady), based, densityKgM3)
  if (point !== null) {
    return { kind: 'ok', baseline: point.baseline, points: [], coverage, refused, warnings: [curve.reason, ...point.warnings] }
  }
  const what = `leave nothing to judge by (${refused.join('; ') || 'no quantity is mapped'})`
  return invalid({ path: 'readings', what, mend: 'map flow, head or power of a meter that works' })
}

/** Medians of flow, head and power, and the efficiency that follows from them; the measured one where none does. */
function mediansOf(readings: readonly HealthyReading[], densityKgM3: number): DutyPoint {
  const median = (parameter: Parameter): number | null => {
    const values = valuesOf(readings, parameter)
    return values.length === 0 ? null : medianOf(values)
  }
  const [flow, head, power] = [median('flow'), median('head'), median('power')]
  const derived =
    flow === null || head === null || power === null
      ? null
      : efficiency({ flowM3h: flow, headM: head, powerKw: power }, densityKgM3)
  return { flow, head, power, efficiency: derived ?? median('efficiency') }
}

function pointOf(
  readings: readonly HealthyReading[],
  { power_definition: _, ...facts }: CommissionFacts & { readonly speed_rpm: number | null },
  densityKgM3: number,
): { readonly baseline: PointBaseline; readonly warnings: readonly string[] } | null {
  const values = mediansOf(readings, densityKgM3)
  if (PARAMETERS.every((parameter) => values[parameter] === null)) return null
  const isDerived = values.flow !== null && values.head !== null && values.power !== null
  const noise = noiseAround(readings, () => values)
  const warnings = PARAMETERS.flatMap((parameter) => {
    const percent = noise[parameter]
    if (percent === null || percent <= STEADY_PERCENT) return []
    return [`${parameter} moves by ${percent.toFixed(1)} %: a single point sees no smaller fault than a few times that`]
  })
  const baseline: PointBaseline = {
    schema_version: 1,
    kind: 'point',
    ...facts,
    flow_m3h: values.flow,
    head_m: values.head,
    power_kw: values.power,
    efficiency_percent: values.efficiency,
    stated_efficiency_percent: isDerived ? null : values.efficiency,
    noise,
  }
  return { baseline, warnings }
}

function coverageOf(readings: readonly HealthyReading[], speeds: readonly number[]): Coverage {
  const flows = valuesOf(readings, 'flow').sort((a, b) => a - b)
  const [slowest, fastest] = [speeds[0], speeds.at(-1)]
  return {
    readings: readings.length,
    flowM3h: flows.length === 0 ? null : [quantile(flows, 0.05), quantile(flows, 0.95)],
    speedRpm: slowest === undefined || fastest === undefined ? null : [slowest, fastest],
  }
}

function invalid(problem: BaselineProblem): Commissioning {
  return { kind: 'invalid', problems: [problem] }
}
