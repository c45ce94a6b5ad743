import { InputFailure } from '../failure.ts'
import { type BatchRows, createBatchRows } from './batch-rows.ts'
import type { Columns } from './columns.ts'
import { findLayout, type Layout } from './layout.ts'
import type { Ordering } from './ordering.ts'
import { createRowSplitter, type RowSplitter } from './row-splitter.ts'
import { type RowTally, shownCell } from './tally.ts'
import { type Decoder, decoderFor } from './text.ts'
import { createTimestampReader, dayMonthOrder } from './timestamp.ts'
import type { DayMonthOrder } from './written-timestamp.ts'

/** One input, fed piece by piece: readings go to the ordering, everything else into the tally. Throws `InputFailure`. */
export interface BatchFile {
  push(bytes: Uint8Array): void
  /** The input ended; a last line without a line end is left when it is still being written. */
  end(stillWritten: boolean): void
}

/** What is known of a file from its beginning. */
interface Beginning {
  readonly decoder: Decoder
  readonly text: string
  readonly layout: Layout
  readonly order: DayMonthOrder
  /** A timestamp whose day and month cannot be told apart by anything in the beginning. */
  readonly ambiguous: string | null
}

/** Bytes that encoding, delimiter, header and the order of day and month are decided by. */
export const BEGINNING_BYTES = 65_536

export function createBatchFile(file: string, columns: Columns, ordering: Ordering, tally: RowTally): BatchFile {
  const held: Uint8Array[] = []
  let heldBytes = 0
  let begun: { readonly decoder: Decoder; readonly splitter: RowSplitter; readonly rows: BatchRows } | null = null

  function begin(stillWritten: boolean) {
    const { decoder, text, layout, order, ambiguous } = beginningOf(file, joined(held, heldBytes), columns, stillWritten)
    if (ambiguous !== null) {
      const what = `whether "${shownCell(ambiguous)}" has the month or the day first cannot be told, the month is taken`
      tally.warnings.push(`${file}: ${what}; set the timestamp format in columns.json`)
    }
    const rows = createBatchRows({ file, columns, layout, order, ordering, tally })
    const splitter = createRowSplitter(layout, rows)
    splitter.push(text)
    held.length = 0
    return { decoder, splitter, rows }
  }

  return {
    push: (bytes) => {
      if (begun !== null) {
        begun.splitter.push(begun.decoder.decode(bytes, { stream: true }))
        return
      }
      // Copied, since the caller may use the same memory for the next piece.
      held.push(Uint8Array.from(bytes))
      heldBytes += bytes.length
      if (heldBytes >= BEGINNING_BYTES) begun = begin(false)
    },
    end: (stillWritten) => {
      const { decoder, splitter, rows } = begun ?? begin(stillWritten)
      splitter.push(decoder.decode())
      const last = splitter.end()
      const unfinished = stillWritten && last.trim() !== ''
      if (!unfinished && last !== '') splitter.takeLast(last)
      rows.end(unfinished)
    },
  }
}

/** Instant of the first readable row, from the beginning of a file; null when there is none. Throws `InputFailure`. */
export function firstInstant(file: string, bytes: Uint8Array, columns: Columns): number | null {
  const { layout, order } = beginningOf(file, bytes, columns, false)
  const timestamps = createTimestampReader(columns.timestamp_format, columns.time_zone, order, columns.zone_offsets)
  for (const cells of layout.sample) {
    const instant = timestamps.read(cells[layout.mapping.timestamp] ?? '')
    if (!Number.isNaN(instant)) return instant
  }
  return null
}

function beginningOf(file: string, bytes: Uint8Array, columns: Columns, stillWritten: boolean): Beginning {
  if (bytes.length === 0) throw new InputFailure({ where: file, what: 'is empty', mend: 'check what writes it' })
  const decoder = decoderFor(bytes)
  const text = decoder.decode(bytes, { stream: true })
  if (stillWritten && !/[\r\n]/.test(text)) {
    throw new InputFailure({ where: file, what: 'has no complete line yet', mend: 'run again when it is written' })
  }
  const found = findLayout(file, text, columns)
  if (found.kind === 'wrong') throw new InputFailure(found.failure)
  const { layout } = found
  if (columns.timestamp_format !== null) return { decoder, text, layout, order: 'month-first', ambiguous: null }
  const { order, certain, example } = dayMonthOrder(layout.sample.map((cells) => cells[layout.mapping.timestamp] ?? ''))
  return { decoder, text, layout, order, ambiguous: certain ? null : example }
}

function joined(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.length
  }
  return whole
}
