import { nearestName } from '../nearest.ts'
import { QUANTITIES, type Quantity } from '../pump/quantities.ts'
import type { Columns } from './columns.ts'
import { canonicalFactor } from './units.ts'

/** Where in a row the mapped columns stand, compiled once per header. */
export interface Mapping {
  readonly header: readonly string[]
  readonly timestamp: number
  readonly pump: number | null
  readonly values: readonly MappedValue[]
  /** Cells that a row must have to hold every mapped column. */
  readonly needed: number
}

export interface MappedValue {
  readonly index: number
  readonly column: string
  /** A quantity, or the name of a channel. */
  readonly quantity: Quantity | null
  readonly channel: string | null
  readonly factor: number
}

export type MappingOutcome =
  | { readonly kind: 'ok'; readonly mapping: Mapping }
  | { readonly kind: 'missing'; readonly column: string; readonly nearest: string | null; readonly found: number }
  | { readonly kind: 'twice'; readonly column: string; readonly places: readonly number[]; readonly found: number }

/** Every header that the columns name, the timestamp first. */
function mappedColumns(columns: Columns): string[] {
  return [
    columns.timestamp_column,
    ...Object.values(columns.quantities).map(({ column }) => column),
    ...Object.values(columns.channels).map(({ column }) => column),
    ...(columns.pump === null ? [] : [columns.pump.column]),
  ]
}

/** Finds the mapped columns in a row; `found` says how many were there when one is missing or stands twice. */
export function mapHeader(row: readonly string[], columns: Columns): MappingOutcome {
  const header = row.map(trimmed)
  while (header.at(-1) === '') header.pop()
  const wanted = mappedColumns(columns)
  const places = wanted.map((column) => placesOf(header, column))
  const found = places.filter((where) => where.length > 0).length
  for (const [which, where] of places.entries()) {
    const column = wanted[which] ?? ''
    if (where.length === 0) return { kind: 'missing', column, nearest: nearestName(column, header), found }
    if (where.length > 1) return { kind: 'twice', column, places: where.map((index) => index + 1), found }
  }
  const indexOf = (column: string) => placesOf(header, column)[0] ?? 0
  const values = [
    ...(Object.keys(QUANTITIES) as Quantity[]).flatMap((quantity): MappedValue[] => {
      const mapped = columns.quantities[quantity]
      if (mapped === undefined) return []
      const { column, unit } = mapped
      return [{ index: indexOf(column), column, quantity, channel: null, factor: canonicalFactor(quantity, unit) }]
    }),
    ...Object.entries(columns.channels).map(([channel, { column }]): MappedValue => {
      return { index: indexOf(column), column, quantity: null, channel, factor: 1 }
    }),
  ]
  const timestamp = indexOf(columns.timestamp_column)
  const pump = columns.pump === null ? null : indexOf(columns.pump.column)
  const needed = Math.max(timestamp, pump ?? 0, ...values.map(({ index }) => index)) + 1
  return { kind: 'ok', mapping: { header, timestamp, pump, values, needed } }
}

/** Exact matches win; without one, headers that differ in case and blanks only. */
function placesOf(header: readonly string[], column: string): number[] {
  const exact = indexesOf(header, (cell) => cell === trimmed(column))
  return exact.length > 0 ? exact : indexesOf(header, (cell) => folded(cell) === folded(column))
}

function indexesOf(header: readonly string[], is: (cell: string) => boolean): number[] {
  return header.flatMap((cell, index) => (is(cell) ? [index] : []))
}

/** Headers come with byte order marks, line breaks inside quotes and blanks around them. */
export function trimmed(cell: string): string {
  return cell
    .replace(/^\uFEFF/, '')
    .trim()
    .replaceAll(/\s+/g, ' ')
}

function folded(cell: string): string {
  // Normalising loads tables that most headers need nothing of.
  const plain = /^[ -~]*$/.test(cell) ? cell : cell.normalize('NFKC')
  return plain.toLowerCase().replaceAll(/\s/g, '')
}
