import { AFFINITY_RANGE, atSpeedRatio } from './affinity.ts'
import type { Baseline, CurveBaseline, PointBaseline } from './baseline.ts'
import { efficiencyAt, flowAtHead, headAt, powerAt } from './curve.ts'
import type { DutyPoint } from './deviation.ts'
import type { JudgementSettings } from './settings.ts'

/** What a reading is compared with. */
export interface Reference {
  readonly values: DutyPoint
  /** Why the baseline says nothing of the reading; null when it does. */
  readonly reason: string | null
  /** Flow at the speed of the test over best-efficiency flow [1]; null where unknown. */
  readonly share: number | null
}

/** Wire power follows the cube of the speed only this close to the speed of the test [1]. Ours. */
const WIRE_POWER_SPEEDS = { min: 0.9, max: 1.1 } as const

const NOTHING: DutyPoint = { flow: null, head: null, power: null, efficiency: null }

/** Speed over the speed of the baseline [1]; 1 where either is unknown. */
export function speedRatio(speedRpm: number | null, baselineRpm: number | null): number {
  return speedRpm === null || baselineRpm === null ? 1 : speedRpm / baselineRpm
}

/** What a baseline says of a duty point, at a ratio of speeds and for a liquid. */
export function referenceFor(
  baseline: Baseline,
  ratio: number,
  measured: DutyPoint,
  densityKgM3: number,
  settings: JudgementSettings,
): Reference {
  return baseline.kind === 'point' ? atPoint(baseline, ratio, settings) : referenceOnCurve(baseline, ratio, measured, densityKgM3)
}

/**
 * The affinity laws move a curve, not a duty point: in a system with static head a slower pump gives less flow than
 * in proportion. So a single point says nothing of a speed that is not its own.
 */
function atPoint(baseline: PointBaseline, ratio: number, settings: JudgementSettings): Reference {
  const { flow_m3h: flow, head_m: head, power_kw: power, efficiency_percent: efficiency } = baseline
  const values = { flow, head, power, efficiency }
  const off = (ratio - 1) * 100
  // A hair of tolerance: 1746 of 1800 rpm is 3 % below in words, and a bit more in binary.
  if (Math.abs(off) <= settings.speed_tolerance_percent + 1e-9) return { values, reason: null, share: null }
  return { values, reason: `speed is ${percent(off)} rated, and the baseline is a single point`, share: null }
}

/**
 * Head, power and efficiency of the tested pump at the reading's flow, and its flow at the reading's head.
 *
 *     Q0 = Q/r;  H = r²·H0(Q0);  P = r³·P0(Q0)·ρ/ρ0;  η = η0(Q0);  flow at equal head = r·H0⁻¹(H/r²);  r = n/n0
 *
 * Source: ISO 9906:2012, 6.1.2 (affinity laws); the use for monitoring is ours.
 */
export function referenceOnCurve(curve: CurveBaseline, ratio: number, measured: DutyPoint, densityKgM3: number): Reference {
  if (measured.flow === null) return { values: NOTHING, reason: 'flow is not measured, and the baseline is a curve', share: null }
  const flowM3h = measured.flow / ratio
  const share = curve.best_flow_m3h === null ? null : flowM3h / curve.best_flow_m3h
  if (!(ratio >= AFFINITY_RANGE.min && ratio <= AFFINITY_RANGE.max)) {
    const reason = `speed is ${percent((ratio - 1) * 100)} that of the test, where the affinity laws are not used`
    return { values: NOTHING, reason, share }
  }
  const [least, most] = curve.flow_range_m3h
  if (flowM3h < least || flowM3h > most) {
    const reason = `flow is ${flowM3h < least ? 'below' : 'above'} the tested range (${round(least * ratio)} to ${round(most * ratio)} m³/h at this speed)`
    return { values: NOTHING, reason, share }
  }
  const followsCube = powerFollowsSpeed(curve.power_definition, ratio)
  const tested = { flowM3h, headM: headAt(curve, flowM3h), powerKw: powerAt(curve, flowM3h) ?? 0 }
  const here = atSpeedRatio(tested, ratio)
  const equalHead = measured.head === null ? null : flowAtHead(curve, measured.head / ratio ** 2)
  const hasPower = curve.power !== null && followsCube
  const values = {
    flow: equalHead === null ? null : equalHead * ratio,
    head: here.headM,
    power: hasPower ? here.powerKw * (densityKgM3 / curve.liquid_density_kg_m3) : null,
    efficiency: hasPower || curve.power === null ? efficiencyAt(curve, flowM3h) : null,
  }
  return { values, reason: null, share }
}

/** Whether power at a ratio of speeds says what it would be at the speed of the test. */
export function powerFollowsSpeed(definition: CurveBaseline['power_definition'], ratio: number): boolean {
  return definition === 'shaft' || (ratio >= WIRE_POWER_SPEEDS.min && ratio <= WIRE_POWER_SPEEDS.max)
}

function percent(off: number): string {
  return `${round(Math.abs(off))} % ${off < 0 ? 'below' : 'above'}`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
