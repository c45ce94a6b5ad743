import tolerances from '../../fixtures/tolerances.json' with { type: 'json' }
import type { Baseline, CurveBaseline, PointBaseline } from '../../src/pump/baseline.ts'
import { chooseGrade, type Grade } from '../../src/pump/grade.ts'
import type { PumpSetup } from '../../src/pump/judge.ts'
import type { Quantity } from '../../src/pump/quantities.ts'
import type { JudgementSettings, PumpSettings } from '../../src/pump/settings.ts'
import type { Tolerances } from '../../src/pump/tolerances.ts'
import type { Reading } from '../../src/readings/reading.ts'

export const TOLERANCES: Tolerances = tolerances

export const HOUR_MS = 3_600_000
export const START_MS = Date.UTC(2024, 0, 1)

/** Duty point of a made-up pump: 100 m³/h, 50 m and 20 kW of water, which is an efficiency of 68.0 %. */
export const DUTY = { flow: 100, head: 50, power: 20, efficiency: 67.99 }

export const BASELINE: PointBaseline = {
  schema_version: 1,
  kind: 'point',
  pump: 'Pump A',
  pump_type: null,
  application: 'Municipal Water and Wastewater',
  rated_power_kw: 22,
  head_definition: 'total',
  flow_m3h: DUTY.flow,
  head_m: DUTY.head,
  power_kw: DUTY.power,
  efficiency_percent: DUTY.efficiency,
  stated_efficiency_percent: DUTY.efficiency,
  date: null,
  speed_rpm: null,
  noise: null,
}

export const PUMP: PumpSettings = {
  tolerance_category: '1U',
  application: null,
  horsepower: null,
  rated_power_kw: null,
  rated_speed_rpm: null,
  liquid_temperature_channel: null,
  liquid_density_kg_m3: 998.2,
  discharge_gauge_elevation_m: 0,
  suction_gauge_elevation_m: 0,
  discharge_diameter_mm: null,
  suction_diameter_mm: null,
}

const JUDGEMENT: JudgementSettings = {
  mode: 'evidence',
  guard_band: 2,
  windows_hours: [1, 6, 24],
  z: [5, 4, 3.5, 3],
  noise: { flow: 1, head: 0.75, power: 0.75, efficiency: 1.5 },
  prior_weight_windows: 12,
  spread_days: 30,
  critical_severity: 1.5,
  failure_severity: 2,
  sustained_hours: 24,
  speed_tolerance_percent: 3,
  startup_blanking_seconds: 0,
  running: { channel: null, min_speed_rpm: null, min_power_kw: null },
  operating_region: { min_percent: 70, max_percent: 120, hours: 6 },
  vibration: { channels: [], category: 'II' },
}

/** The grade that is chosen; throws where none can be. */
export function gradeFor(...[tolerances, pump, baseline]: Parameters<typeof chooseGrade>): Grade {
  const choice = chooseGrade(tolerances, pump, baseline)
  if (choice.kind === 'unknown') throw new Error(choice.what)
  return choice.grade
}

/** A setup that differs from the made-up pump's in what is given. */
export function setupWith(change: {
  readonly category?: string
  readonly baseline?: Partial<PointBaseline> | CurveBaseline
  readonly pump?: Partial<PumpSettings>
  readonly judgement?: Partial<JudgementSettings>
}): PumpSetup {
  const baseline: Baseline = change.baseline?.kind === 'curve' ? change.baseline : { ...BASELINE, ...change.baseline }
  const pump = { ...PUMP, tolerance_category: change.category ?? '1U', ...change.pump }
  return { baseline, pump, grade: gradeFor(TOLERANCES, pump, baseline), judgement: { ...JUDGEMENT, ...change.judgement } }
}

export function readingAt(
  timeMs: number,
  quantities: Partial<Record<Quantity, number | null>>,
  channels: Readonly<Record<string, number | null>> = {},
): Reading {
  const none = {
    flow: null,
    head: null,
    power: null,
    efficiency: null,
    speed: null,
    discharge_pressure: null,
    suction_pressure: null,
  }
  return { timeMs, line: 2, quantities: { ...none, ...quantities }, channels }
}

/** The duty point with each quantity off by so many percent. */
export function dutyOff(percent: Partial<Record<keyof typeof DUTY, number>>): Record<keyof typeof DUTY, number> {
  const of = (quantity: keyof typeof DUTY): number => DUTY[quantity] * (1 + (percent[quantity] ?? 0) / 100)
  return { flow: of('flow'), head: of('head'), power: of('power'), efficiency: of('efficiency') }
}
