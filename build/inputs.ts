import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import Papa from 'papaparse'
import { type Deployment, deploymentSchema } from '../src/bundle/deployment.ts'
import { isPlaceholder } from '../src/delivery/token.ts'
import type { FailureText } from '../src/failure.ts'
import { refuseProblems } from '../src/problems.ts'
import { type Baseline, baselineSchema } from '../src/pump/baseline.ts'
import { baselineFromRows } from '../src/pump/baseline-file.ts'
import type { BaselineRow } from '../src/pump/baseline-rows.ts'
import { chooseGrade, type Grade } from '../src/pump/grade.ts'
import { type Tolerances, tolerancesSchema } from '../src/pump/tolerances.ts'
import type { Columns } from '../src/readings/columns.ts'
import { columnsFileSchema, resolveColumns } from '../src/readings/columns-file.ts'
import { crossProblems } from './cross-checks.ts'
import { type ModelFolder, readModelFolder } from './model-folder.ts'
import { quickModel } from './quick-model.ts'
import { readChecked, unreadable } from './read-checked.ts'
import { ROOT } from './root.ts'
import { modelProblems } from './sample-predictions.ts'

/** Paths of the inputs, and what was asked for on the command line. */
export interface InputPaths {
  readonly pump: string
  readonly baseline: string
  readonly columns: string
  readonly config: string
  /** null: no model. */
  readonly model: string | null
  readonly tolerances: string
  readonly embedToken: boolean
}

/** The grades of ISO 9906, for a site that states none of its own. */
export const STANDARD_TOLERANCES = join(ROOT, 'fixtures', 'tolerances.json')

/** A model and, where it has one, the form that loads faster. */
export type PackagedModel = ModelFolder & { readonly quick: Uint8Array | null }

/** What describes one pump, read, checked and with every default filled in. */
export interface PumpInputs {
  readonly pump: string
  readonly deployment: Deployment
  readonly baseline: Baseline
  readonly tolerances: Tolerances
  readonly grade: Grade
  readonly columns: Columns
  readonly model: PackagedModel | null
  /** What is no mistake of the baseline and should be known all the same; without its path, which would go into the README. */
  readonly warnings: readonly string[]
}

/**
 * Reads the inputs of one pump and checks them together, the model on sample rows included. Throws a
 * ConfigurationFailure (exit 78) with every mistake, each with its file, the path inside it and the mend.
 */
export async function readInputs(paths: InputPaths): Promise<PumpInputs> {
  const problems: FailureText[] = []
  const deployment = await readDeployment(paths, problems)
  const tolerances = await readChecked(paths.tolerances, tolerancesSchema, problems)
  const columns = await readColumns(paths, deployment?.site_info.time_zone ?? 'UTC', problems)
  const based = deployment === null ? null : await readBaseline(paths, deployment, problems)
  const model = paths.model === null ? null : await readModel(paths.model, problems)
  if (deployment === null || tolerances === null || columns === null || based === null || problems.length > 0) {
    refuseProblems(problems)
    throw new Error('an input is missing without a problem')
  }
  const { baseline, warnings } = based
  const choice = chooseGrade(tolerances, deployment.pump, baseline)
  if (choice.kind === 'unknown') {
    problems.push({ where: `${paths.config}: pump.tolerance_category`, what: choice.what, mend: choice.mend })
  }
  problems.push(...crossProblems(paths, { deployment, baseline, columns, model }))
  if (model !== null && problems.length === 0) problems.push(...(await modelProblems(String(paths.model), model)))
  refuseProblems(problems)
  if (choice.kind === 'unknown') throw new Error(choice.what)
  const { grade } = choice
  return {
    pump: paths.pump,
    deployment,
    baseline,
    tolerances,
    grade,
    columns,
    model: model === null ? null : { ...model, quick: await quickModel(model.onnx, model.metadata) },
    warnings,
  }
}

async function readDeployment({ config, embedToken }: InputPaths, problems: FailureText[]): Promise<Deployment | null> {
  const deployment = await readChecked(config, deploymentSchema, problems)
  const token = deployment?.api.bearer_token ?? null
  if (deployment === null || token === null) return deployment
  if (isPlaceholder(token)) return { ...deployment, api: { ...deployment.api, bearer_token: null } }
  if (!embedToken) {
    const mend = 'take it out and give it to the device ($ANOMALY_API_TOKEN or api.token_file), or pass --embed-token'
    problems.push({ where: `${config}: api.bearer_token`, what: 'holds a token, which everyone with the file could read', mend })
  }
  return deployment
}

async function readColumns(
  { columns: file, pump }: InputPaths,
  timeZone: string,
  problems: FailureText[],
): Promise<Columns | null> {
  const stated = await readChecked(file, columnsFileSchema, problems)
  if (stated === null) return null
  const outcome = resolveColumns(stated, timeZone, pump)
  if (outcome.kind === 'ok') return outcome.columns
  problems.push(...outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })))
  return null
}

/** A site's CSV, or the JSON that `pump-monitor baseline` writes. */
async function readBaseline(
  { baseline: file, pump }: InputPaths,
  deployment: Deployment,
  problems: FailureText[],
): Promise<{ readonly baseline: Baseline; readonly warnings: readonly string[] } | null> {
  if (file.toLowerCase().endsWith('.json')) {
    const baseline = await readChecked(file, baselineSchema, problems)
    if (baseline === null || baseline.pump.toLowerCase() === pump.toLowerCase()) return baseline && { baseline, warnings: [] }
    problems.push({ where: `${file}: pump`, what: `is ${baseline.pump}`, mend: `give the baseline of ${pump}` })
    return null
  }
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    problems.push(unreadable(file, error))
    return null
  }
  const { data } = Papa.parse<BaselineRow>(text.replace(/^\uFEFF/, ''), { header: true, skipEmptyLines: 'greedy' })
  const outcome = baselineFromRows(data, pump, deployment.pump)
  if (outcome.kind === 'ok') return outcome
  problems.push(...outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })))
  return null
}

async function readModel(folder: string, problems: FailureText[]): Promise<ModelFolder | null> {
  const outcome = await readModelFolder(folder)
  if (outcome.kind === 'ok') return outcome.value
  problems.push(...outcome.problems)
  return null
}
