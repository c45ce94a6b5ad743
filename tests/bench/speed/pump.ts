import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Target } from '../../../build/targets.ts'
import { packaged, WELL_1 } from '../../binary/packaged.ts'
import type { BenchForest } from './forest.ts'
import { DUTY } from './readings.ts'

/** The bench's pump: Well 1 with a baseline that agrees with itself, and clocks without summer time. */
export interface BenchPump extends Executables {
  readonly baseline: string
  readonly deployment: string
  readonly tolerances: string
  readonly columns: string
  /** Executable with the model of Well 1, whose features look at 168 readings. */
  readonly withWindows: string
}

export interface Executables {
  /** Executable with the forest. */
  readonly withForest: string
  /** Executable without a model. */
  readonly withoutModel: string
}

const HEADER =
  'Well ID,pump_type,horsepower,application,baseline_flow_gpm,baseline_discharge_pressure_psi,baseline_power_hp,baseline_efficiency_percent'

/** Baselines of pumps of the same make, by name. */
export function fleetBaseline(names: readonly string[]): string {
  const { flowGpm, pressurePsi, powerHp, efficiencyPercent } = DUTY
  const duty = `Municipal Water and Wastewater,${flowGpm},${pressurePsi},${powerHp},${efficiencyPercent}`
  return `${[HEADER, ...names.map((name) => `${name},x,24,${duty}`)].join('\n')}\n`
}

/** Writes the files of the pump into a folder and packages it for this machine. */
export async function benchPump(folder: string, { model }: BenchForest, target: Target = 'linux-x64'): Promise<BenchPump> {
  const baseline = join(folder, 'baseline.csv')
  writeFileSync(baseline, fleetBaseline(['Well 1']))
  const stated = JSON.parse(readFileSync(WELL_1.config, 'utf8')) as Record<string, object>
  const deployment = join(folder, 'deployment.json')
  const changed = {
    ...stated,
    site_info: { ...stated['site_info'], time_zone: 'UTC' },
    pump: { ...stated['pump'], tolerance_category: '2B' },
    // A forest of single readings needs no history.
    inference_settings: { min_data_points_for_ml: 1 },
  }
  writeFileSync(deployment, JSON.stringify(changed))
  const { columns, tolerances } = WELL_1
  const inputs = { baseline, columns, tolerances, config: deployment, version: '1.0.0' }
  const model168 = { ...inputs, model: WELL_1.model }
  return {
    ...inputs,
    deployment,
    withWindows: await packaged(target, model168),
    withForest: await packaged(target, { ...inputs, model }),
    withoutModel: await packaged(target, { ...inputs, model: null }),
  }
}
