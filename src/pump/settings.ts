import { canonicalFactor } from '../readings/units.ts'
import type { Gauges } from './head.ts'
import type { RegionSettings } from './operating-region.ts'
import type { PerParameter } from './quantities.ts'
import type { VibrationSettings } from './vibration.ts'

/** What the deployment says of the pump itself. */
export interface PumpSettings extends Gauges {
  readonly tolerance_category: string | null
  readonly application: string | null
  /** [hp] */
  readonly horsepower: number | null
  readonly rated_power_kw: number | null
  readonly rated_speed_rpm: number | null
  /** Channel with the temperature of the water [°C], which then gives its density. */
  readonly liquid_temperature_channel: string | null
}

/** Rated power from either key of the deployment [kW]; null when it states none. */
export function ratedPowerKw({
  rated_power_kw: kw,
  horsepower,
}: Pick<PumpSettings, 'rated_power_kw' | 'horsepower'>): number | null {
  return kw ?? (horsepower === null ? null : horsepower * canonicalFactor('power', 'hp'))
}

/** What tells a running pump from one that is off. */
export interface RunningSettings {
  readonly channel: string | null
  readonly min_speed_rpm: number | null
  readonly min_power_kw: number | null
}

/** What the deployment says of how a status follows from readings; every default is ours, none is ISO's. */
export interface JudgementSettings {
  readonly mode: 'evidence' | 'strict'
  /** [percentage points] */
  readonly guard_band: number
  /** Rising [running hours]. */
  readonly windows_hours: readonly number[]
  /** Of the reading, then of each window; the last one given serves the rest. */
  readonly z: readonly number[]
  /** Prior of the spread [%]. */
  readonly noise: PerParameter<number>
  readonly prior_weight_windows: number
  readonly spread_days: number
  readonly critical_severity: number
  readonly failure_severity: number
  /** [running hours] */
  readonly sustained_hours: number
  readonly speed_tolerance_percent: number
  readonly startup_blanking_seconds: number
  readonly running: RunningSettings
  readonly operating_region: RegionSettings
  readonly vibration: VibrationSettings
}
