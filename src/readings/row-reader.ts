import type { Quantity } from '../pump/quantities.ts'
import { cellProblem, numberIn } from './cell.ts'
import type { Mapping } from './header.ts'
import type { Reading } from './reading.ts'

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
  /** Values of the row in canonical units, or the first bad cell. */
  reading(cells: readonly string[], line: number, timeMs: number): Reading | RowProblem
}

export function isProblem(outcome: Reading | RowProblem): outcome is RowProblem {
  return 'what' in outcome
}

const NO_CHANNELS: Readonly<Record<string, number | null>> = Object.freeze({})

/** `counts.emptyCells` counts the cells of channels that hold no value. */
export function createRowReader(mapping: Mapping, decimal: '.' | ',', counts: { emptyCells: number }): RowReader {
  const { header, values, needed } = mapping
  const width = header.length
  const hasChannels = values.some(({ channel }) => channel !== null)

  function shape(cells: readonly string[]): RowProblem | null {
    if (cells.length === width) return null
    const what = shapeProblem(cells, width, needed, decimal)
    return what === null ? null : { column: null, value: cells.join(' '), what }
  }

  function reading(cells: readonly string[], line: number, timeMs: number): Reading | RowProblem {
    const quantities: Record<Quantity, number | null> = {
      flow: null,
      head: null,
      power: null,
      efficiency: null,
      speed: null,
      discharge_pressure: null,
      suction_pressure: null,
    }
    const channels: Record<string, number | null> = hasChannels ? {} : NO_CHANNELS
    for (const { index, column, quantity, channel, factor } of values) {
      const text = cells[index] ?? ''
      const value = numberIn(text, decimal) * factor
      if (value - value === 0) {
        if (quantity !== null) quantities[quantity] = value
        else if (channel !== null) channels[channel] = value
        continue
      }
      const { kind, what } = cellProblem(text, decimal)
      if (channel === null || kind !== 'empty') return { column, value: text, what }
      channels[channel] = null
      counts.emptyCells++
    }
    return { timeMs, line, quantities, channels }
  }

  return { shape, reading }
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
