import * as z from 'zod/mini'
import { nearestName } from '../nearest.ts'
import { QUANTITIES, type Quantity } from '../pump/quantities.ts'
import type { ColumnOfQuantity, Columns } from './columns.ts'
import { isTimeZone } from './time-zone.ts'
import { timestampPattern } from './timestamp-pattern.ts'
import { unitFor, unitNamed } from './units.ts'

const text = () => z.string().check(z.minLength(1))
const optional = <T extends z.ZodMiniType>(schema: T) => z._default(z.nullable(schema), null)

/** Attaches what the README says of a key to its schema. */
function key<T extends z.ZodMiniType>(schema: T, description: string): T {
  return schema.check(z.meta({ description })) as T
}

// Loose, so that `resolveColumns` can name the nearest key: inside a union the schema could only say "invalid".
const column = z.union([text(), z.looseObject({ column: text(), unit: optional(text()) })], {
  error: 'it must be a header such as "Flow (gpm)", or {"column": "Flow", "unit": "gpm"}',
})
const timestamp = z.union(
  [text(), z.looseObject({ column: z._default(text(), 'timestamp'), format: optional(text()), time_zone: optional(text()) })],
  { error: 'it must be a header, or {"column": "timestamp", "format": "MM/DD/YYYY HH:mm", "time_zone": "UTC"}' },
)
const COLUMN_KEYS = ['column', 'unit']
const TIMESTAMP_KEYS = ['column', 'format', 'time_zone']

const quantities = {
  flow: key(z.optional(column), 'flow, in any unit of flow'),
  head: key(z.optional(column), 'total head in a unit of length; in a unit of pressure it is the discharge pressure'),
  power: key(z.optional(column), 'power taken, in any unit of power'),
  efficiency: key(z.optional(column), 'efficiency, in % or as a fraction'),
  speed: key(z.optional(column), 'speed of the shaft; Hz means revolutions per second'),
  discharge_pressure: key(z.optional(column), 'gauge pressure at the discharge'),
  suction_pressure: key(z.optional(column), 'gauge pressure at the suction'),
}

/**
 * `columns.json` as a site writes it. The shortest form maps quantities to headers, with the unit in the header's
 * parentheses; the full form has `quantities`, and both may stand in one file.
 */
export const columnsFileSchema = z.strictObject({
  ...quantities,
  quantities: key(z._default(z.strictObject(quantities), {}), 'the quantities above, in one place'),
  timestamp: key(
    z._default(timestamp, 'timestamp'),
    'header of the timestamp, or `{"column", "format", "time_zone"}`; without a format, the forms below are recognised',
  ),
  channels: key(
    z._default(z.record(z.string(), column), {}),
    'further columns by a name of your own, for features and the running flag; their values keep the unit of the file',
  ),
  delimiter: key(optional(z.string().check(z.minLength(1), z.maxLength(1))), 'what separates cells; found out when absent'),
  decimal: key(z._default(z.enum(['.', ',']), '.'), 'the decimal sign'),
  pump: key(
    optional(z.strictObject({ column: text(), value: optional(text()) })),
    'reads only the rows that have `value` (the name of the pump when absent) in `column`',
  ),
  timestampFormat: key(optional(text()), 'the same as `timestamp.format`'),
  timezone: key(optional(text()), 'the same as `timestamp.time_zone`; the site’s `site_info.time_zone` when absent'),
  pumpColumn: key(optional(text()), 'the same as `pump.column`'),
})

export type ColumnsFile = z.infer<typeof columnsFileSchema>

/** A mistake in `columns.json`: the path inside it, what is wrong there, and the mend. */
export interface ColumnsProblem {
  readonly path: string
  readonly what: string
  readonly mend: string
}

export type ColumnsOutcome =
  | { readonly kind: 'ok'; readonly columns: Columns }
  | { readonly kind: 'invalid'; readonly problems: readonly ColumnsProblem[] }

/**
 * Fills in what a columns file leaves out. `siteTimeZone` holds for timestamps when the file names no zone,
 * `pumpName` is looked for in the pump column when the file gives no value. Head mapped to a unit of pressure is the
 * discharge pressure. Finds all mistakes at once.
 */
export function resolveColumns(file: ColumnsFile, siteTimeZone: string, pumpName: string | null = null): ColumnsOutcome {
  const problems: ColumnsProblem[] = []
  const timestamp = timestampOf(file, siteTimeZone, problems)
  const columns: Columns = {
    schema_version: 1,
    timestamp_column: timestamp.column,
    timestamp_format: timestamp.format,
    time_zone: timestamp.timeZone,
    quantities: quantitiesOf(file, problems),
    channels: channelsOf(file, problems),
    delimiter: file.delimiter,
    decimal: file.decimal,
    pump: pumpOf(file, pumpName, problems),
  }
  if (file.delimiter !== null && (file.delimiter === file.decimal || /["\r\n]/.test(file.delimiter))) {
    const what = file.delimiter === file.decimal ? 'is the decimal sign as well' : 'cannot separate cells'
    problems.push({ path: 'delimiter', what: `"${file.delimiter}" ${what}`, mend: 'use one of , ; | or a tab' })
  }
  return problems.length === 0 ? { kind: 'ok', columns } : { kind: 'invalid', problems }
}

function timestampOf(file: ColumnsFile, siteTimeZone: string, problems: ColumnsProblem[]) {
  const full = typeof file.timestamp === 'string' ? { column: file.timestamp, format: null, time_zone: null } : file.timestamp
  refuseUnknownKeys(file.timestamp, TIMESTAMP_KEYS, 'timestamp', problems)
  const format = full.format ?? file.timestampFormat
  const timeZone = full.time_zone ?? file.timezone ?? siteTimeZone
  const pattern = format === null ? null : timestampPattern(format)
  if (pattern?.kind === 'wrong') {
    const path = full.format === null ? 'timestampFormat' : 'timestamp.format'
    problems.push({ path, what: `"${format}" ${pattern.what}`, mend: pattern.mend })
  }
  if (!isTimeZone(timeZone)) {
    const near = nearestName(timeZone, Intl.supportedValuesOf('timeZone'))
    const path = full.time_zone !== null ? 'timestamp.time_zone' : file.timezone !== null ? 'timezone' : 'site_info.time_zone'
    const mend = near === null ? 'use a name such as America/Los_Angeles' : `did you mean ${near}?`
    problems.push({ path, what: `unknown time zone ${timeZone}`, mend })
  }
  return { column: full.column, format, timeZone }
}

type ColumnEntry = z.infer<typeof column>

function refuseUnknownKeys(entry: string | object, known: readonly string[], path: string, problems: ColumnsProblem[]): void {
  if (typeof entry === 'string') return
  for (const name of Object.keys(entry)) {
    if (known.includes(name)) continue
    const near = nearestName(name, known)
    const mend = near === null ? `known keys are ${known.join(', ')}` : `did you mean ${near}?`
    problems.push({ path, what: `unknown key ${name}`, mend })
  }
}

function quantitiesOf(file: ColumnsFile, problems: ColumnsProblem[]): Columns['quantities'] {
  const mapped: Partial<Record<Quantity, ColumnOfQuantity>> = {}
  for (const name of Object.keys(QUANTITIES) as Quantity[]) {
    const short = file[name]
    const full = file.quantities[name]
    const entry = full ?? short
    if (entry === undefined) continue
    const path = full === undefined ? name : `quantities.${name}`
    if (short !== undefined && full !== undefined) {
      problems.push({ path, what: `${name} is mapped twice`, mend: `keep it under "quantities" or at the top` })
    }
    const found = quantityOf(name, entry, path, problems)
    if (found === null) continue
    const other = mapped[found.quantity]
    if (other === undefined) mapped[found.quantity] = found.column
    else if (other.column !== found.column.column || other.unit !== found.column.unit) {
      problems.push({
        path,
        what: `is a pressure and so the ${found.quantity}, which has the column "${other.column}"`,
        mend: 'remove one of the two',
      })
    }
  }
  if (Object.keys(mapped).length === 0 && problems.length === 0) {
    problems.push({ path: 'quantities', what: 'maps no quantity', mend: 'add at least "flow": "Flow (gpm)"' })
  }
  return mapped
}

interface FoundQuantity {
  readonly quantity: Quantity
  readonly column: ColumnOfQuantity
}

function quantityOf(name: Quantity, entry: ColumnEntry, path: string, problems: ColumnsProblem[]): FoundQuantity | null {
  refuseUnknownKeys(entry, COLUMN_KEYS, path, problems)
  const header = typeof entry === 'string' ? entry : entry.column
  const spelling = (typeof entry === 'string' ? null : entry.unit) ?? unitInHeader(header)
  if (spelling === null) {
    const mend = `write {"column": "${header}", "unit": "${QUANTITIES[name].unit}"} with the unit of the file`
    problems.push({ path, what: `"${header}" has no unit`, mend })
    return null
  }
  const quantity = name === 'head' && unitNamed(spelling)?.dimension === 'pressure' ? 'discharge_pressure' : name
  const outcome = unitFor(quantity, spelling)
  if (outcome.kind === 'wrong') {
    problems.push({ path, what: outcome.what, mend: outcome.mend })
    return null
  }
  return { quantity, column: { column: header, unit: outcome.unit.name } }
}

/** `gpm` of `Flow (gpm)` or `Flow [gpm]`: what the last parentheses hold. */
function unitInHeader(header: string): string | null {
  return /[([]([^()[\]]+)[)\]]\s*$/.exec(header)?.[1]?.trim() ?? null
}

const CHANNEL_NAME = /^[A-Za-z][A-Za-z0-9_]*$/

function channelsOf(file: ColumnsFile, problems: ColumnsProblem[]): Columns['channels'] {
  return Object.fromEntries(
    Object.entries(file.channels).map(([name, entry]) => {
      const path = `channels.${name}`
      if (!CHANNEL_NAME.test(name)) {
        problems.push({ path, what: `"${name}" cannot name a channel`, mend: 'use letters, digits and _, a letter first' })
      }
      if (Object.hasOwn(QUANTITIES, name))
        problems.push({ path, what: `${name} is a quantity`, mend: 'map it under "quantities"' })
      refuseUnknownKeys(entry, COLUMN_KEYS, path, problems)
      const header = typeof entry === 'string' ? entry : entry.column
      const unit = (typeof entry === 'string' ? null : entry.unit) ?? unitInHeader(header)
      return [name, { column: header, unit }]
    }),
  )
}

function pumpOf(file: ColumnsFile, pumpName: string | null, problems: ColumnsProblem[]): Columns['pump'] {
  const column = file.pump?.column ?? file.pumpColumn
  if (column === null) return null
  const value = file.pump?.value ?? pumpName
  if (value !== null) return { column, value }
  problems.push({ path: 'pump.value', what: 'is missing', mend: `say which value of "${column}" is this pump` })
  return null
}
