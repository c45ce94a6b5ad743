import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import papaparse from 'papaparse'
import type * as z from 'zod/mini'
import { type Deployment, deploymentSchema } from '../bundle/deployment.ts'
import { ConfigurationFailure, InputFailure, reasonOf } from '../failure.ts'
import { checkedValue, parseJson } from '../problems.ts'
import type { BaselineRow } from '../pump/baseline-rows.ts'
import type { Columns } from '../readings/columns.ts'
import { columnsFileSchema, resolveColumns } from '../readings/columns-file.ts'
import { checkAgainst } from '../schema-problems.ts'

/** The deployment of the pump; without one that of a pump of which nothing is stated. */
export function readDeployment(file: string | null, cwd: string): Deployment {
  if (file !== null) return readJson(file, deploymentSchema, cwd)
  return checkedValue(checkAgainst(deploymentSchema, 'deployment', { site_info: { site_id: 0, pump_id: 0 } }))
}

export function readColumns(file: string, cwd: string, timeZone: string, pump: string | null): Columns {
  const outcome = resolveColumns(readJson(file, columnsFileSchema, cwd), timeZone, pump)
  if (outcome.kind === 'ok') return outcome.columns
  const problems = outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend }))
  return checkedValue<Columns>({ kind: 'invalid', problems })
}

/** Rows of a CSV of duty points, by header. */
export function readRows(file: string, cwd: string): BaselineRow[] {
  const { data } = papaparse.parse<BaselineRow>(textOf(file, cwd).trim(), { header: true, skipEmptyLines: 'greedy' })
  if (data.length === 0) throw new InputFailure({ where: file, what: 'has no row', mend: 'give a header and a row per point' })
  return data
}

/** A JSON file that its schema has checked, defaults filled in. */
export function readJson<S extends z.ZodMiniType>(file: string, schema: S, cwd: string): z.infer<S> {
  return checkedValue(checkAgainst(schema, file, checkedValue(parseJson(file, textOf(file, cwd)))))
}

/** The text of a file, without a byte order mark. */
export function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new ConfigurationFailure({ where: file, what: `cannot be read (${reasonOf(cause)})`, mend: 'check the path', cause })
  }
}
