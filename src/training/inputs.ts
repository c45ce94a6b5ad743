import papaparse from 'papaparse'
import { readColumns, readDeployment, readJson, textOf } from '../baseline/inputs.ts'
import type { Deployment } from '../bundle/deployment.ts'
import { checkedValue } from '../problems.ts'
import { type Baseline, baselineSchema } from '../pump/baseline.ts'
import { baselineFromRows } from '../pump/baseline-file.ts'
import type { BaselineRow } from '../pump/baseline-rows.ts'
import { chooseGrade, type Grade } from '../pump/grade.ts'
import type { PumpSetup } from '../pump/judge.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import { tolerancesSchema } from '../pump/tolerances.ts'
import type { Columns } from '../readings/columns.ts'

/** Files that describe the pump whose readings are learnt. */
export interface PumpFiles {
  readonly columns: string
  readonly baseline: string
  /** null: the value of the columns' pump filter. */
  readonly pump: string | null
  /** null: every default of `deployment.json`. */
  readonly config: string | null
  /** null: no grade; the deviations are learnt without one. */
  readonly tolerances: string | null
}

export interface PumpInputs {
  readonly columns: Columns
  readonly setup: PumpSetup
  readonly warnings: readonly string[]
}

/** Reads and checks what describes a pump. Throws a ConfigurationFailure with every mistake of a file. */
export function readPump(files: PumpFiles, cwd: string): PumpInputs {
  const deployment = readDeployment(files.config, cwd)
  const columns = readColumns(files.columns, cwd, deployment.site_info.time_zone, null)
  const pump = files.pump ?? columns.pump?.value ?? 'the pump'
  const { baseline, warnings } = readBaseline(files.baseline, pump, deployment, cwd)
  const grade = readGrade(files.tolerances, deployment, baseline, cwd)
  return { columns, setup: { baseline, grade, pump: deployment.pump, judgement: deployment.judgement }, warnings }
}

function readBaseline(
  file: string,
  pump: string,
  deployment: Deployment,
  cwd: string,
): { baseline: Baseline; warnings: readonly string[] } {
  if (file.toLowerCase().endsWith('.json')) return { baseline: readJson(file, baselineSchema, cwd), warnings: [] }
  const rows = papaparse.parse<BaselineRow>(textOf(file, cwd).trim(), { header: true, skipEmptyLines: true }).data
  const outcome = baselineFromRows(rows, pump, deployment.pump)
  if (outcome.kind === 'ok') return outcome
  return checkedValue({
    kind: 'invalid',
    problems: outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })),
  })
}

function readGrade(file: string | null, deployment: Deployment, baseline: Baseline, cwd: string): Grade {
  if (file === null) return NO_GRADE
  const choice = chooseGrade(readJson(file, tolerancesSchema, cwd), deployment.pump, baseline)
  if (choice.kind === 'grade') return choice.grade
  return checkedValue({ kind: 'invalid', problems: [{ where: file, what: choice.what, mend: choice.mend }] })
}

/** Bounds that nothing violates: every parameter is compared with the baseline, none is judged. */
const NO_GRADE: Grade = {
  name: 'none',
  bounds: Object.fromEntries(PARAMETERS.map((p) => [p, { min: -1e9, max: 1e9, mandatory: false }])) as Grade['bounds'],
  reason: 'nothing is judged while training',
}
