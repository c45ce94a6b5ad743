import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import papaparse from 'papaparse'
import * as z from 'zod/mini'
import { ConfigurationFailure, type FailureText, reasonOf } from '../failure.ts'
import type { PointBaseline } from '../pump/baseline.ts'
import { pointBaselineFromRows } from '../pump/baseline-file.ts'
import type { BaselineRow } from '../pump/baseline-rows.ts'
import type { Gauges } from '../pump/head.ts'
import type { Columns } from '../readings/columns.ts'
import { columnsFileSchema, resolveColumns } from '../readings/columns-file.ts'

/** Gauges at one height and pipes of one bore, water at 20 °C: what holds where no deployment says otherwise. */
export const PLAIN_GAUGES: Gauges = {
  liquid_density_kg_m3: 998.2,
  discharge_gauge_elevation_m: 0,
  suction_gauge_elevation_m: 0,
  discharge_diameter_mm: null,
  suction_diameter_mm: null,
}

/** Reads and checks `columns.json`; all its mistakes in one failure. */
export function readColumns(file: string, cwd: string): Columns {
  const text = textOf(file, cwd)
  const parsed = z.safeParse(columnsFileSchema, jsonOf(file, text))
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path, message }) => ({
      where: [file, ...path.map(String)].join(': '),
      what: message === '' ? 'is not valid' : message,
      mend: 'see the README for the columns file',
    }))
    throw failureOf(problems)
  }
  const outcome = resolveColumns(parsed.data, 'UTC')
  if (outcome.kind === 'ok') return outcome.columns
  throw failureOf(outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })))
}

/** Reads a baseline file of one duty point per pump. */
export function readBaseline(file: string, cwd: string, pump: string): { baseline: PointBaseline; warnings: readonly string[] } {
  const rows = papaparse.parse<BaselineRow>(textOf(file, cwd).trim(), { header: true, skipEmptyLines: true }).data
  const outcome = pointBaselineFromRows(rows, pump, PLAIN_GAUGES)
  if (outcome.kind === 'ok') return outcome
  throw failureOf(outcome.problems.map(({ path, what, mend }) => ({ where: `${file}: ${path}`, what, mend })))
}

export function textOf(file: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, file), 'utf8').replace(/^\uFEFF/, '')
  } catch (cause) {
    throw new ConfigurationFailure({ where: file, what: `cannot be read (${reasonOf(cause)})`, mend: 'check the path', cause })
  }
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ConfigurationFailure({
      where: file,
      what: `is not JSON (${reasonOf(cause)})`,
      mend: 'mend the syntax there',
      cause,
    })
  }
}

function failureOf([first, ...others]: FailureText[]): ConfigurationFailure {
  return new ConfigurationFailure(first ?? { where: 'inputs', what: 'are not valid', mend: 'check them' }, others)
}
