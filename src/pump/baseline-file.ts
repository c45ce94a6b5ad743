import { nearestName } from '../nearest.ts'
import type { PointBaseline } from './baseline.ts'
import { type BaselineColumn, baselineColumn } from './baseline-header.ts'
import { efficiency } from './efficiency.ts'
import { type Gauges, headOfPressure, totalHead } from './head.ts'
import type { Quantity } from './quantities.ts'

/** A mistake in a baseline file: where in the file, what is wrong and how to mend it. */
export interface BaselineProblem {
  readonly path: string
  readonly what: string
  readonly mend: string
}

export type BaselineOutcome =
  | { readonly kind: 'ok'; readonly baseline: PointBaseline; readonly warnings: readonly string[] }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

/** A row of the file: cells by header. */
export type BaselineRow = Readonly<Record<string, string | undefined>>

/** A stated efficiency this close to the derived one, of the derived one, is believed [%]. Ours. */
export const EFFICIENCY_AGREEMENT_PERCENT = 3

/**
 * The duty point of a pump from the rows of a site's baseline file, one row per pump, in canonical units.
 *
 * Head: stated, or from discharge and suction pressure (`total`); from the discharge pressure alone it is the head of
 * that (`discharge`), and readings are then taken the same way. An efficiency that disagrees with ρ·g·Q·H/P by more
 * than 3 % is kept as stated and not judged by. Source: ours.
 *
 * @param rows as papaparse gives them with `header: true`, empty lines left out
 * @param pump name to look for; files without a column of names hold one pump
 */
export function pointBaselineFromRows(rows: readonly BaselineRow[], pump: string, gauges: Gauges): BaselineOutcome {
  const headers = Object.keys(rows[0] ?? {})
  const columns = new Map(headers.map((header) => [header, baselineColumn(header)]))
  const unitless = [...columns].flatMap(([header, column]) =>
    column.kind === 'no unit' ? [missingUnit(header, column.name)] : [],
  )
  const twice = ambiguous(columns)
  if (unitless.length + twice.length > 0) return invalid(...unitless, ...twice)
  const chosen = rowOf(rows, columns, pump)
  if (chosen.kind === 'invalid') return chosen
  const cells = cellsOf(chosen.row, chosen.path, columns)
  if (cells.problems.length > 0) return invalid(...cells.problems)
  return assembled(chosen, cells, pump, gauges)
}

function assembled(chosen: Chosen, { numbers, texts }: Cells, pump: string, gauges: Gauges): BaselineOutcome {
  const { flow = null, power = null, efficiency: stated = null, rated_power: ratedPower = null } = numbers
  const head = headOf(numbers, gauges)
  if (flow === null && head.headM === null && power === null && stated === null) {
    const mend = 'give at least one of baseline_flow_gpm, baseline_head_ft, baseline_power_hp, baseline_efficiency_percent'
    return invalid({ path: chosen.path, what: 'holds no value to judge by', mend })
  }
  const derived =
    flow === null || head.headM === null || power === null
      ? null
      : efficiency({ flowM3h: flow, headM: head.headM, powerKw: power }, gauges.liquid_density_kg_m3)
  const inputs = `${shown(flow)} m³/h, ${shown(head.headM)} m, ${shown(power)} kW`
  if (derived !== null && derived > 100) {
    const what = `flow, head and power (${inputs}) give an efficiency of ${shown(derived)} %, over 100 %`
    return invalid({ path: chosen.path, what, mend: 'check the values and the units in the headers' })
  }
  const disagrees =
    derived !== null && stated !== null && (Math.abs(stated - derived) / derived) * 100 > EFFICIENCY_AGREEMENT_PERCENT
  const warnings = disagrees
    ? [
        `${chosen.path}: states an efficiency of ${shown(stated)} %, but its flow, head and power (${inputs}) give ${shown(derived)} %; ` +
          `readings are judged against ${shown(derived)} %, derived the same way`,
      ]
    : []
  const baseline: PointBaseline = {
    schema_version: 1,
    kind: 'point',
    pump: texts.pump ?? pump,
    pump_type: texts.pump_type ?? null,
    application: texts.application ?? null,
    rated_power_kw: ratedPower,
    head_definition: head.definition,
    flow_m3h: flow,
    head_m: head.headM,
    power_kw: power,
    efficiency_percent: disagrees ? derived : (stated ?? derived),
    stated_efficiency_percent: stated,
    date: texts.date ?? null,
    speed_rpm: numbers.speed ?? null,
    noise: null,
  }
  return { kind: 'ok', baseline, warnings }
}

function headOf(numbers: Numbers, gauges: Gauges): { headM: number | null; definition: 'total' | 'discharge' } {
  const { head, flow = null, discharge_pressure: dischargeBar, suction_pressure: suctionBar } = numbers
  if (head !== undefined) return { headM: head, definition: 'total' }
  if (dischargeBar === undefined) return { headM: null, definition: 'total' }
  if (suctionBar === undefined)
    return { headM: headOfPressure(dischargeBar, gauges.liquid_density_kg_m3), definition: 'discharge' }
  return { headM: totalHead({ dischargeBar, suctionBar, flowM3h: flow }, gauges), definition: 'total' }
}

type Columns = ReadonlyMap<string, BaselineColumn>
interface Chosen {
  readonly kind: 'ok'
  readonly row: BaselineRow
  readonly path: string
}

function rowOf(rows: readonly BaselineRow[], columns: Columns, pump: string): Chosen | (BaselineOutcome & { kind: 'invalid' }) {
  const nameColumn = [...columns].find(([, column]) => column.kind === 'text' && column.name === 'pump')?.[0]
  const nameOf = (row: BaselineRow): string => (nameColumn === undefined ? pump : (row[nameColumn] ?? '').trim())
  const matching = rows.flatMap((row, index) => (same(nameOf(row), pump) ? [{ row, path: `row ${index + 1}` }] : []))
  const [first, second] = matching
  if (first === undefined) {
    const names = [...new Set(rows.map(nameOf))]
    const near = nearestName(pump, names)
    const mend =
      names.length === 0 ? 'add a row under the header' : near === null ? `it has ${names.join(', ')}` : `did you mean ${near}?`
    return invalid({ path: nameColumn ?? 'rows', what: `has no row of ${pump}`, mend })
  }
  if (second !== undefined) {
    return invalid({ path: second.path, what: `is a second row of ${pump}`, mend: 'keep one duty point per pump' })
  }
  return { kind: 'ok', ...first }
}

type Numbers = Partial<Record<Quantity | 'rated_power', number>>
interface Cells {
  readonly numbers: Numbers
  readonly texts: Partial<Record<'pump' | 'pump_type' | 'application' | 'date', string>>
  readonly problems: readonly BaselineProblem[]
}

function cellsOf(row: BaselineRow, path: string, columns: Columns): Cells {
  const numbers: Numbers = {}
  const texts: Cells['texts'] = {}
  const problems: BaselineProblem[] = []
  for (const [header, column] of columns) {
    const cell = (row[header] ?? '').trim()
    if (cell === '') continue
    if (column.kind === 'text') texts[column.name] = cell
    if (column.kind !== 'number') continue
    const value = numberOf(cell)
    const mayBeZero = column.name === 'suction_pressure'
    if (value === null)
      problems.push({ path: `${path}, ${header}`, what: `${cell} is no number`, mend: 'write digits and a decimal point' })
    else if (value <= 0 && !mayBeZero)
      problems.push({ path: `${path}, ${header}`, what: `is ${cell}`, mend: 'it must be above 0' })
    else numbers[column.name] = value * column.factor
  }
  return { numbers, texts, problems }
}

/** A number with a decimal point, or with a decimal comma and nothing else. */
function numberOf(cell: string): number | null {
  const text = /^[-+]?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : null
}

function ambiguous(columns: Columns): BaselineProblem[] {
  const seen = new Map<string, string>()
  return [...columns].flatMap(([header, column]) => {
    if (column.kind === 'unknown') return []
    const before = seen.get(column.name)
    seen.set(column.name, header)
    return before === undefined
      ? []
      : [{ path: header, what: `means the same as ${before} (${column.name})`, mend: 'keep one of the two columns' }]
  })
}

function missingUnit(header: string, name: string): BaselineProblem {
  return {
    path: header,
    what: `${name} has no unit`,
    mend: `write it in the header, such as ${header} (${name === 'flow' ? 'm3/h' : name === 'speed' ? 'rpm' : name === 'head' ? 'm' : name.includes('pressure') ? 'bar' : 'kW'})`,
  }
}

function invalid(...problems: BaselineProblem[]): BaselineOutcome & { kind: 'invalid' } {
  return { kind: 'invalid', problems }
}

function same(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase()
}

function shown(value: number | null): string {
  return value === null ? 'unknown' : String(Math.round(value * 10) / 10)
}
