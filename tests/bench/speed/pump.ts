import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { packaged, WELL_1 } from '../../binary/packaged.ts'
import type { BenchForest } from './forest.ts'
import { DUTY } from './readings.ts'

/** The bench's pump: Well 1 with a baseline that agrees with itself, and clocks without summer time. */
export interface BenchPump {
  readonly baseline: string
  readonly deployment: string
  readonly tolerances: string
  readonly columns: string
  /** Executable with the forest. */
  readonly withForest: string
  /** Executable without a model. */
  readonly withoutModel: string
}

/** Writes the files of the pump into a folder and packages it for this machine. */
export async function benchPump(folder: string, { model }: BenchForest): Promise<BenchPump> {
  const baseline = join(folder, 'baseline.csv')
  const header =
    'Well ID,pump_type,horsepower,application,baseline_flow_gpm,baseline_discharge_pressure_psi,baseline_power_hp,baseline_efficiency_percent'
  const { flowGpm, pressurePsi, powerHp, efficiencyPercent } = DUTY
  const application = 'Municipal Water and Wastewater'
  writeFileSync(baseline, `${header}\nWell 1,x,24,${application},${flowGpm},${pressurePsi},${powerHp},${efficiencyPercent}\n`)
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
  return {
    ...inputs,
    deployment,
    withForest: await packaged('linux-x64', { ...inputs, model }),
    withoutModel: await packaged('linux-x64', { ...inputs, model: null }),
  }
}
