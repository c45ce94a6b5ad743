import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import papaparse from 'papaparse'
import { type Deployment, deploymentSchema } from '../bundle/deployment.ts'
import { ConfigurationFailure, InputFailure, reasonOf } from '../failure.ts'
import { type Checked, checkAgainst, parseJson, refuseProblems } from '../problems.ts'
import type { BaselineRow } from '../pump/baseline-rows.ts'
import type { Columns } from '../readings/columns.ts'
import { columnsFileSchema, resolveColumns } from '../readings/columns-file.ts'

/** The deployment of the pump; without one that of a pump of which nothing is stated. */
export function readDeployment(file: string | undefined, cwd: string): Deployment {
  const value = file === undefined ? { site_info: { site_id: 0, pump_id: 0 } } : jsonOf(file, cwd)
  return checkedValue(checkAgainst(deploymentSchema, file ?? 'deployment', value))
}

export function readColumns(file: string, cwd: string, timeZone: string, pump: string | null): Columns {
  const stated = checkedValue(checkAgainst(columnsFileSchema, file, jsonOf(file, cwd)))
  const outcome = resolveColumns(stated, timeZone, pump ?? undefined)
  if (outcome.kind === 'ok') return outcome.columns
  refuseProblems(outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })))
  throw new Error(`${file}: columns without a problem were not resolved`)
}

/** Rows of a CSV of duty points, by header. */
export function readRows(file: string, cwd: string): BaselineRow[] {
  const { data } = papaparse.parse<BaselineRow>(textOf(file, cwd).trim(), { header: true, skipEmptyLines: 'greedy' })
  if (data.length === 0) throw new InputFailure({ where: file, what: 'has no row', mend: 'give a header and a row per point' })
  return data
}

function jsonOf(file: string, cwd: string): unknown {
  return checkedValue(parseJson(file, textOf(file, cwd)))
}

function checkedValue<T>(checked: Checked<T>): T {
  if (checked.kind === 'ok') return checked.value
  refuseProblems(checked.problems)
  throw new Error('a file without a problem was refused')
}

function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new ConfigurationFailure({ where: file, what: `cannot be read (${reasonOf(cause)})`, mend: 'check the path', cause })
  }
}
