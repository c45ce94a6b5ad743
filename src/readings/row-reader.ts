import { cellProblem, numberIn } from './cell.ts'
import type { Mapping } from './header.ts'
import { LINE, type PackedReading, type Packing, TIME } from './packing.ts'

/** Why a row gives no reading. */
export interface RowProblem {
  readonly column: string | null
  readonly value: string
  readonly what: string
}

/**
 * Rows of one header to readings in canonical units. The parts of a row are asked for one after the other, so that
 * rows which are not needed cost only as much as it takes to know it. Null when all is well.
 */
export interface RowReader {
  /** Whether the row can hold every mapped column. */
  shape(cells: readonly string[]): RowProblem | null
  /** Reads the row into `row`, or says what the first bad cell is. */
  read(cells: readonly string[], line: number, timeMs: number): RowProblem | null
  /** One for all rows. */
  readonly row: PackedReading
}

/** `counts.emptyCells` counts the cells of channels that hold no value. */
export function createRowReader(
  mapping: Mapping,
  packing: Packing,
  decimal: '.' | ',',
  counts: { emptyCells: number },
): RowReader {
  const { header, needed } = mapping
  const width = header.length
  const values = mapping.values.map((value) => ({ ...value, place: packing.placeOf(value) }))
  const row = new Float64Array(packing.width).fill(Number.NaN)

  function shape(cells: readonly string[]): RowProblem | null {
    if (cells.length === width) return null
    const what = shapeProblem(cells, width, needed, decimal)
    return what === null ? null : { column: null, value: cells.join(' '), what }
  }

  function read(cells: readonly string[], line: number, timeMs: number): RowProblem | null {
    row[TIME] = timeMs
    row[LINE] = line
    for (const { index, column, channel, factor, place } of values) {
      const text = cells[index] ?? ''
      const value = numberIn(text, decimal) * factor
      if (value - value === 0) {
        row[place] = value
        continue
      }
      const { kind, what } = cellProblem(text, decimal)
      if (channel === null || kind !== 'empty') return { column, value: text, what }
      row[place] = Number.NaN
      counts.emptyCells++
    }
    return null
  }

  return { shape, read, row }
}

/** Rows may lack trailing cells that nobody reads, and may end in extra delimiters; anything else is shifted or torn. */
function shapeProblem(cells: readonly string[], width: number, needed: number, decimal: '.' | ','): string | null {
  if (cells.length > width) {
    if (cells.slice(width).every((cell) => cell.trim() === '')) return null
    const hint = decimal === '.' && cells.length > width + 1 ? ' (a decimal comma?)' : ''
    return `has ${cells.length} cells, the header ${width}${hint}`
  }
  // The last cell of a short row may be torn, so one beyond what is needed must stand there.
  return cells.length > needed ? null : `has ${cells.length} of ${width} cells`
}
