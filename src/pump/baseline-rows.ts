import { nearestName } from '../nearest.ts'
import { type BaselineColumn, type BaselineNumber, type BaselineText, baselineColumn } from './baseline-header.ts'

/** A mistake in a baseline file: where in the file, what is wrong and how to mend it. */
export interface BaselineProblem {
  readonly path: string
  readonly what: string
  readonly mend: string
}

/** A row of the file: cells by header. */
export type BaselineRow = Readonly<Record<string, string | undefined>>

/** A row as understood, numbers in canonical units. */
export interface BaselineEntry {
  /** Where it stands, such as `row 3`. */
  readonly path: string
  readonly numbers: Readonly<Partial<Record<BaselineNumber, number>>>
  readonly texts: Readonly<Partial<Record<BaselineText, string>>>
  /** Whether the header calls the power that of the shaft. */
  readonly isShaftPower: boolean
}

export type EntriesOutcome =
  | { readonly kind: 'ok'; readonly entries: readonly BaselineEntry[] }
  | { readonly kind: 'invalid'; readonly problems: readonly BaselineProblem[] }

type Columns = ReadonlyMap<string, BaselineColumn>

/**
 * The rows of one pump, headers and cells understood; every mistake in them named.
 *
 * @param rows as papaparse gives them with `header: true`, empty lines left out
 * @param pump name to look for, in any case; files without a column of names hold one pump
 */
export function baselineEntries(rows: readonly BaselineRow[], pump: string): EntriesOutcome {
  const columns: Columns = new Map(Object.keys(rows[0] ?? {}).map((header) => [header, baselineColumn(header)]))
  const wrong = headerProblems(columns)
  if (wrong.length > 0) return { kind: 'invalid', problems: wrong }
  const nameColumn = [...columns].find(([, column]) => column.kind === 'text' && column.name === 'pump')?.[0]
  const nameOf = (row: BaselineRow): string => (nameColumn === undefined ? pump : (row[nameColumn] ?? '').trim())
  const own = rows.flatMap((row, index) =>
    nameOf(row).toLowerCase() === pump.trim().toLowerCase() ? [{ row, path: `row ${index + 1}` }] : [],
  )
  if (own.length === 0) {
    const names = [...new Set(rows.map(nameOf))]
    const near = nearestName(pump, names)
    const mend =
      names.length === 0 ? 'add a row under the header' : near === null ? `it has ${names.join(', ')}` : `did you mean ${near}?`
    return { kind: 'invalid', problems: [{ path: nameColumn ?? 'rows', what: `has no row of ${pump}`, mend }] }
  }
  const problems: BaselineProblem[] = []
  const entries = own.map(({ row, path }) => entryOf(row, path, columns, problems))
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', entries }
}

function entryOf(row: BaselineRow, path: string, columns: Columns, problems: BaselineProblem[]): BaselineEntry {
  const numbers: Partial<Record<BaselineNumber, number>> = {}
  const texts: Partial<Record<BaselineText, string>> = {}
  let isShaftPower = false
  for (const [header, column] of columns) {
    const cell = (row[header] ?? '').trim()
    if (cell === '') continue
    if (column.kind === 'text') texts[column.name] = cell
    if (column.kind !== 'number') continue
    const value = numberOf(cell)
    const mayBeZero = column.name === 'flow' || column.name === 'efficiency'
    const mayBeNegative = column.name === 'suction_pressure'
    const where = `${path}, ${header}`
    if (value === null) problems.push({ path: where, what: `${cell} is no number`, mend: 'write digits and a decimal point' })
    else if (!mayBeNegative && (value < 0 || (value === 0 && !mayBeZero))) {
      problems.push({ path: where, what: `is ${cell}`, mend: 'it must be above 0' })
    } else numbers[column.name] = value * column.factor
    if (column.name === 'power') isShaftPower = column.isShaftPower
  }
  return { path, numbers, texts, isShaftPower }
}

/** A number with a decimal point, or with a decimal comma and nothing else. */
function numberOf(cell: string): number | null {
  const text = /^[-+]?\d+,\d+$/.test(cell) ? cell.replace(',', '.') : cell
  return /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text) ? Number(text) : null
}

const USUAL_UNITS: Readonly<Record<BaselineNumber, string>> = {
  flow: 'm3/h',
  head: 'm',
  power: 'kW',
  efficiency: '%',
  speed: 'rpm',
  discharge_pressure: 'bar',
  suction_pressure: 'bar',
  rated_power: 'kW',
}

function headerProblems(columns: Columns): BaselineProblem[] {
  const seen = new Map<string, string>()
  return [...columns].flatMap(([header, column]) => {
    if (column.kind === 'unknown') return []
    if (column.kind === 'no unit') {
      const mend = `write it in the header, such as ${header} (${USUAL_UNITS[column.name]})`
      return [{ path: header, what: `${column.name} has no unit`, mend }]
    }
    const before = seen.get(column.name)
    seen.set(column.name, header)
    if (before === undefined) return []
    return [{ path: header, what: `means the same as ${before} (${column.name})`, mend: 'keep one of the two columns' }]
  })
}

/** Names of the pumps in a file, in its order; empty for a file without a column of names. */
export function pumpsIn(rows: readonly BaselineRow[]): string[] {
  const nameHeader = Object.keys(rows[0] ?? {}).find((header) => {
    const column = baselineColumn(header)
    return column.kind === 'text' && column.name === 'pump'
  })
  return nameHeader === undefined ? [] : [...new Set(rows.map((row) => (row[nameHeader] ?? '').trim()))]
}
