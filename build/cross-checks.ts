import { resolve } from 'node:path'
import type { Deployment } from '../src/bundle/deployment.ts'
import { apiAddress } from '../src/delivery/api-address.ts'
import { type FailureText, isFailure } from '../src/failure.ts'
import { checkFeatureNames } from '../src/model/feature-names.ts'
import type { Baseline } from '../src/pump/baseline.ts'
import { PARAMETERS, type PerParameter, type Quantity } from '../src/pump/quantities.ts'
import type { Columns } from '../src/readings/columns.ts'
import { canonicalFactor } from '../src/readings/units.ts'
import type { ModelFolder } from './model-folder.ts'

/** Files by the names under which their mistakes are told. */
export interface CheckedPaths {
  readonly baseline: string
  readonly columns: string
  readonly config: string
  readonly model: string | null
}

export interface CheckedInputs {
  readonly deployment: Deployment
  readonly baseline: Baseline
  readonly columns: Columns
  readonly model: ModelFolder | null
}

/** What is wrong between the inputs, or within the deployment beyond the shape of its values. */
export function crossProblems(paths: CheckedPaths, inputs: CheckedInputs): FailureText[] {
  return [
    ...judgedProblems(paths, inputs),
    ...apiProblems(paths, inputs.deployment),
    ...judgementProblems(paths, inputs),
    ...featureProblems(paths, inputs),
  ]
}

/** The readings must carry something that the baseline has too, with one definition of head on both sides. */
function judgedProblems(
  { baseline: file, columns: columnsFile }: CheckedPaths,
  { baseline, columns }: CheckedInputs,
): FailureText[] {
  const measured = measurable(baseline, columns)
  const known = {
    flow: baseline.flow_m3h !== null,
    head: baseline.head_m !== null,
    power: baseline.power_kw !== null,
    efficiency: baseline.efficiency_percent !== null,
  }
  const problems: FailureText[] = []
  if (baseline.kind === 'curve' && !measured.flow) {
    problems.push({
      where: `${columnsFile}: flow`,
      what: `is not mapped, and the baseline ${file} is a curve over the flow`,
      mend: 'map the flow',
    })
  }
  if (known.head && !measured.head && columns.quantities.discharge_pressure !== undefined) {
    problems.push({
      where: `${columnsFile}: suction_pressure`,
      what: `is not mapped, and the baseline ${file} states total head, not discharge pressure`,
      mend: 'map the suction pressure, or state baseline_discharge_pressure_psi in the baseline',
    })
  }
  if (baseline.kind === 'curve' && !measured.flow) {
    problems.push({
      where: `${columnsFile}: flow`,
      what: `is not mapped, and the curves of ${file} are compared at equal flow`,
      mend: 'map the flow, or give a baseline of one duty point',
    })
  }
  if (!PARAMETERS.some((parameter) => known[parameter] && measured[parameter])) {
    problems.push({
      where: columnsFile,
      what: `maps none of flow, head, power and efficiency that the baseline ${file} states`,
      mend: `map one of ${PARAMETERS.filter((parameter) => known[parameter]).join(', ')}`,
    })
  }
  return problems
}

/** Which parameters the readings give, measured or derived, under the baseline's definition of head. */
function measurable({ head_definition }: Baseline, { quantities }: Columns): PerParameter<boolean> {
  const has = (...names: Quantity[]): boolean => names.every((name) => quantities[name] !== undefined)
  const pressures = head_definition === 'discharge' ? has('discharge_pressure') : has('discharge_pressure', 'suction_pressure')
  const measured = { flow: has('flow'), head: has('head') || pressures, power: has('power') }
  const derived = measured.flow && measured.head && measured.power
  return { ...measured, efficiency: has('efficiency') || derived }
}

function apiProblems({ config }: CheckedPaths, { api }: Deployment): FailureText[] {
  const problems: FailureText[] = []
  if (api.base_url !== null) {
    try {
      // Whether plain http to this machine is wanted is decided where the program runs.
      apiAddress(api.base_url, true)
    } catch (error) {
      if (!isFailure(error)) throw error
      problems.push({ ...error.text, where: `${config}: ${error.text.where}` })
    }
  }
  if ((api.client_cert_file === null) !== (api.client_key_file === null)) {
    const missing = api.client_cert_file === null ? 'client_cert_file' : 'client_key_file'
    problems.push({ where: `${config}: api.${missing}`, what: 'is missing', mend: 'a client certificate takes both files' })
  }
  return problems
}

function judgementProblems(
  { config, columns: columnsFile }: CheckedPaths,
  { deployment, columns }: CheckedInputs,
): FailureText[] {
  const { judgement, pump } = deployment
  const { windows_hours: windows, z, running } = judgement
  const problems: FailureText[] = []
  const at = (path: string, what: string, mend: string): void => void problems.push({ where: `${config}: ${path}`, what, mend })
  if (windows.some((hours, index) => index > 0 && hours <= (windows[index - 1] ?? 0))) {
    at('judgement.windows_hours', `are ${windows.join(', ')}`, 'write them in rising order')
  }
  if (z.length !== windows.length + 1) {
    at('judgement.z', `has ${z.length} values`, `give ${windows.length + 1}: one for the reading and one for each window`)
  }
  for (const [path, channel] of [
    ['judgement.running.channel', running.channel],
    ['pump.liquid_temperature_channel', pump.liquid_temperature_channel],
    ...judgement.vibration.channels.map((name, index) => [`judgement.vibration.channels.${index}`, name] as const),
  ] as const) {
    if (channel === null || columns.channels[channel] !== undefined) continue
    const known = Object.keys(columns.channels).join(', ')
    at(path, `'${channel}' is no channel of ${columnsFile}`, known === '' ? 'map it under channels' : `its channels are ${known}`)
  }
  for (const channel of judgement.vibration.channels) {
    const unit = columns.channels[channel]?.unit ?? null
    if (unit === null || /^mm\/s\b/i.test(unit)) continue
    at('judgement.vibration.channels', `${channel} is in ${unit}`, 'the zones of ISO 10816-7 are in mm/s rms')
  }
  if (running.min_speed_rpm !== null && columns.quantities.speed === undefined) {
    at(
      'judgement.running.min_speed_rpm',
      `needs the speed, which ${columnsFile} does not map`,
      'map the speed, or use min_power_kw',
    )
  }
  if (running.min_power_kw !== null && columns.quantities.power === undefined) {
    at(
      'judgement.running.min_power_kw',
      `needs the power, which ${columnsFile} does not map`,
      'map the power, or use min_speed_rpm',
    )
  }
  if (pump.horsepower !== null && pump.rated_power_kw !== null) {
    const kw = pump.horsepower * canonicalFactor('power', 'hp')
    if (Math.abs(kw - pump.rated_power_kw) / kw > 0.02) {
      at('pump.horsepower', `is ${kw.toFixed(1)} kW, and rated_power_kw says ${pump.rated_power_kw}`, 'state one of the two')
    }
  }
  return problems
}

function featureProblems(paths: CheckedPaths, { baseline, columns, model }: CheckedInputs): FailureText[] {
  if (model === null) return []
  const measured = measurable(baseline, columns)
  const parameters = PARAMETERS.filter((parameter) => measured[parameter])
  const known = [...new Set([...parameters, ...Object.keys(columns.quantities), ...Object.keys(columns.channels)])]
  const file = resolve(String(paths.model), 'metadata.json')
  return checkFeatureNames(model.metadata.features, known).map(({ path, what, mend }) => ({
    where: `${file}: ${path}`,
    what,
    mend,
  }))
}
