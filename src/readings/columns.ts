import type { Quantity } from '../pump/quantities.ts'
import type { ZoneOffsets } from './zone-offsets.ts'

/** `config/columns.json` in a bundle: where each quantity stands in the CSV, every default filled in. */
export interface Columns {
  readonly schema_version: 1
  /** Header of the timestamp. */
  readonly timestamp_column: string
  /** A pattern such as `MM/DD/YYYY HH:mm`; null: the formats that sites write, tried in order. */
  readonly timestamp_format: string | null
  /** IANA zone of timestamps that carry none. */
  readonly time_zone: string
  /** Of that zone, as the packager wrote them down. */
  readonly zone_offsets?: ZoneOffsets
  readonly quantities: Readonly<Partial<Record<Quantity, ColumnOfQuantity>>>
  /** Extra channels by name; their values keep the unit of the file. */
  readonly channels: Readonly<Record<string, { readonly column: string; readonly unit: string | null }>>
  /** null: detected. */
  readonly delimiter: string | null
  readonly decimal: '.' | ','
  /** Rows of other pumps in the same file are passed over. */
  readonly pump: { readonly column: string; readonly value: string } | null
}

export interface ColumnOfQuantity {
  readonly column: string
  /** A unit of `readings/units.ts` that fits the quantity. */
  readonly unit: string
}
