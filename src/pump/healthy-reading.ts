import { atSpeedRatio } from './affinity.ts'
import type { CurveBaseline } from './baseline.ts'
import { type DutyPoint, deviationsFrom } from './deviation.ts'
import { scatter } from './noise.ts'
import { PARAMETERS, type Parameter, type PerParameter } from './quantities.ts'
import { powerFollowsSpeed } from './reference.ts'

/** One running reading of a pump that is known to be healthy. */
export interface HealthyReading {
  readonly duty: DutyPoint
  readonly speedRpm: number | null
}

/** What a commissioned baseline says of its pump beside what was measured. */
export type CommissionFacts = Pick<
  CurveBaseline,
  'pump' | 'pump_type' | 'application' | 'rated_power_kw' | 'head_definition' | 'date' | 'power_definition'
>

/** What the readings cover. */
export interface Coverage {
  readonly readings: number
  /** 5th and 95th percentile at the speed of the baseline [m³/h]; null without flow. */
  readonly flowM3h: readonly [number, number] | null
  /** Smallest and largest [rpm]; null where not measured. */
  readonly speedRpm: readonly [number, number] | null
}

/** A quantity whose noise exceeds this is no baseline: a percentage of it means nothing [%]. Ours. */
export const LARGEST_NOISE_PERCENT = 25
/** Least noise that is written down: a flat stretch of data says nothing about later ones [%]. Ours. */
const LEAST_NOISE_PERCENT = 0.05

/** What was measured of a parameter, in the order of the readings. */
export function valuesOf(readings: readonly HealthyReading[], parameter: Parameter): number[] {
  return readings.flatMap(({ duty }) => (duty[parameter] === null ? [] : [duty[parameter]]))
}

/** The value that a share of sorted values lies below; zero of none. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.round(share * (sorted.length - 1))] ?? 0
}

/** The reading as it would be at another speed; wire power only where it follows the speed. */
export function movedTo(
  speedRpm: number | null,
  { duty, speedRpm: own }: HealthyReading,
  powerDefinition: CurveBaseline['power_definition'],
): HealthyReading {
  if (speedRpm === null || own === null || own <= 0) return { duty, speedRpm: own }
  const { flow, head, power, efficiency } = duty
  const ratio = own / speedRpm
  const moved = atSpeedRatio({ flowM3h: flow ?? 0, headM: head ?? 0, powerKw: power ?? 0 }, 1 / ratio)
  const keepsPower = power !== null && powerFollowsSpeed(powerDefinition, ratio)
  return {
    duty: {
      flow: flow === null ? null : moved.flowM3h,
      head: head === null ? null : moved.headM,
      power: keepsPower ? moved.powerKw : null,
      efficiency: keepsPower || power === null ? efficiency : null,
    },
    speedRpm,
  }
}

/** Noise of each parameter's deviations from what it is compared with [%]; null where there are none. */
export function noiseAround(
  readings: readonly HealthyReading[],
  referenceOf: (duty: DutyPoint) => DutyPoint,
): PerParameter<number | null> {
  const found: Record<Parameter, number[]> = { flow: [], head: [], power: [], efficiency: [] }
  for (const { duty } of readings) {
    const deviations = deviationsFrom(duty, referenceOf(duty))
    for (const parameter of PARAMETERS) {
      const deviation = deviations[parameter]
      if (deviation !== null) found[parameter].push(deviation)
    }
  }
  const of = (parameter: Parameter): number | null => {
    if (found[parameter].length === 0) return null
    return Math.max(LEAST_NOISE_PERCENT, Math.round(scatter(found[parameter], 0) * 1000) / 1000)
  }
  return { flow: of('flow'), head: of('head'), power: of('power'), efficiency: of('efficiency') }
}

/** Says of a quantity that it is left out of a baseline, and why. */
export function refusal(parameter: Parameter, noisePercent: number): string {
  return `${parameter}: its noise is ${Math.round(noisePercent)} % of its value, more than a quarter, so a deviation from it means nothing`
}

/** The readings without some quantities; an efficiency cannot be better than what it is made of, so it goes with any. */
export function without(spoilt: readonly Parameter[], readings: readonly HealthyReading[]): readonly HealthyReading[] {
  if (spoilt.length === 0) return readings
  return readings.map(({ duty, speedRpm }) => {
    const kept = (parameter: Parameter): number | null => (spoilt.includes(parameter) ? null : duty[parameter])
    return { duty: { flow: kept('flow'), head: kept('head'), power: kept('power'), efficiency: null }, speedRpm }
  })
}
