import { atSpeedRatio } from './affinity.ts'
import type { CurveBaseline } from './baseline.ts'
import type { BaselineEntry, BaselineProblem } from './baseline-rows.ts'
import { efficiencyAt, headAt, powerAt } from './curve.ts'
import { type FittedCurves, fitCurves, type TestPoint } from './curve-fit.ts'
import type { Gauges } from './head.ts'
import { entryHead } from './point-baseline.ts'

export type CurveBaselineOutcome =
  | {
      readonly kind: 'ok'
      readonly baseline: CurveBaseline
      readonly points: readonly TestPoint[]
      readonly warnings: readonly string[]
    }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

/** What a curve baseline says of its pump beside the curves. */
export type CurveFacts = Pick<
  CurveBaseline,
  | 'pump'
  | 'pump_type'
  | 'application'
  | 'rated_power_kw'
  | 'head_definition'
  | 'date'
  | 'speed_rpm'
  | 'noise'
  | 'power_definition'
  | 'points'
>

/**
 * A baseline of curves from the points of a pump test, all brought to the speed of the first by the affinity laws.
 * Power is that of the wire unless the header says shaft: wire power is then judged near the speed of the test only.
 */
export function curveBaselineOf(entries: readonly BaselineEntry[], pump: string, gauges: Gauges): CurveBaselineOutcome {
  const heads = entries.map((entry) => entryHead(entry, gauges))
  const missing = entries.flatMap(({ path, numbers }, index): BaselineProblem[] => {
    if (numbers.flow === undefined) return [{ path, what: 'has no flow', mend: 'give the flow of every point of a test' }]
    return heads[index]?.headM == null ? [{ path, what: 'has no head', mend: 'give the head of every point of a test' }] : []
  })
  if (missing.length > 0) return { kind: 'invalid', problems: missing }
  const speedRpm = entries[0]?.numbers.speed ?? null
  const points = entries.map((entry, index) => pointOf(entry, heads[index]?.headM ?? 0, speedRpm))
  const outcome = fitCurves(points, gauges.liquid_density_kg_m3)
  if (outcome.kind === 'invalid') return outcome
  const texts = entries[0]?.texts ?? {}
  const facts: CurveFacts = {
    pump: texts.pump ?? pump,
    pump_type: texts.pump_type ?? null,
    application: texts.application ?? null,
    rated_power_kw: entries[0]?.numbers.rated_power ?? null,
    head_definition: heads[0]?.definition ?? 'total',
    date: texts.date ?? null,
    speed_rpm: speedRpm,
    noise: null,
    power_definition: entries.every(({ isShaftPower }) => isShaftPower) ? 'shaft' : 'wire',
    points: entries.length,
  }
  return { kind: 'ok', baseline: withCurves(facts, outcome.fitted), points, warnings: outcome.warnings }
}

/** The baseline whose duty point is that of best efficiency, or the middle of the tested range where that is unknown. */
export function withCurves(facts: CurveFacts, { curves, bestFlowM3h, residualPercent }: FittedCurves): CurveBaseline {
  const [least, most] = curves.flow_range_m3h
  const flow = bestFlowM3h ?? (least + most) / 2
  return {
    schema_version: 1,
    kind: 'curve',
    ...facts,
    flow_m3h: flow,
    head_m: headAt(curves, flow),
    power_kw: powerAt(curves, flow),
    efficiency_percent: efficiencyAt(curves, flow),
    stated_efficiency_percent: curves.efficiency === null ? null : efficiencyAt(curves, flow),
    best_flow_m3h: bestFlowM3h,
    ...curves,
    residual_percent: residualPercent,
  }
}

function pointOf({ path, numbers }: BaselineEntry, headM: number, baselineRpm: number | null): TestPoint {
  const { flow = 0, power = null, efficiency = null, speed } = numbers
  const ratio = speed === undefined || baselineRpm === null ? 1 : baselineRpm / speed
  const moved = atSpeedRatio({ flowM3h: flow, headM, powerKw: power ?? 0 }, ratio)
  return {
    path,
    flowM3h: moved.flowM3h,
    headM: moved.headM,
    powerKw: power === null ? null : moved.powerKw,
    efficiencyPercent: efficiency,
  }
}
