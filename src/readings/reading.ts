import type { Quantity } from '../pump/quantities.ts'

/** One row of a batch in canonical units; null where the column is not mapped. Never NaN. */
export interface Reading {
  /** Event time, milliseconds since 1970-01-01 UTC. */
  readonly timeMs: number
  /** Line in the input where the row starts, counted from 1 with the header. */
  readonly line: number
  /** Canonical quantities in the units of the glossary. */
  readonly quantities: Readonly<Record<Quantity, number | null>>
  /** Extra channels under their configured names, in the unit of the file. */
  readonly channels: Readonly<Record<string, number | null>>
}
