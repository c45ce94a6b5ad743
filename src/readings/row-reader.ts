import type { Quantity } from '../pump/quantities.ts'
import { cellProblem, numberIn } from './cell.ts'
import type { MappedValue, Mapping } from './header.ts'
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
  const channels = values.flatMap(({ channel }, place) => (channel === null ? [] : [{ channel, place }]))
  const placeOf = placesOfQuantities(values)
  /** Of the row that is read, in the order of `values`; NaN where a channel holds none. */
  const numbers = new Float64Array(values.length)

  function shape(cells: readonly string[]): RowProblem | null {
    if (cells.length === width) return null
    const what = shapeProblem(cells, width, needed, decimal)
    return what === null ? null : { column: null, value: cells.join(' '), what }
  }

  function read(cells: readonly string[]): RowProblem | null {
    for (let place = 0; place < values.length; place++) {
      const { index, column, channel, factor } = values[place] as MappedValue
      const text = cells[index] ?? ''
      const value = numberIn(text, decimal) * factor
      const isNumber = value - value === 0
      numbers[place] = isNumber ? value : Number.NaN
      if (isNumber) continue
      const { kind, what } = cellProblem(text, decimal)
      if (channel === null || kind !== 'empty') return { column, value: text, what }
      counts.emptyCells++
    }
    return null
  }

  const quantityAt = (place: number): number | null => (place < 0 ? null : (numbers[place] as number))

  function channelsOfRow(): Reading['channels'] {
    if (channels.length === 0) return NO_CHANNELS
    const read: Record<string, number | null> = {}
    for (const { channel, place } of channels) {
      const value = numbers[place] as number
      read[channel] = Number.isNaN(value) ? null : value
    }
    return read
  }

  function reading(cells: readonly string[], line: number, timeMs: number): Reading | RowProblem {
    const problem = read(cells)
    if (problem !== null) return problem
    const quantities = {
      flow: quantityAt(placeOf.flow),
      head: quantityAt(placeOf.head),
      power: quantityAt(placeOf.power),
      efficiency: quantityAt(placeOf.efficiency),
      speed: quantityAt(placeOf.speed),
      discharge_pressure: quantityAt(placeOf.discharge_pressure),
      suction_pressure: quantityAt(placeOf.suction_pressure),
    }
    return { timeMs, line, quantities, channels: channelsOfRow() }
  }

  return { shape, reading }
}

/** Where the quantities stand among the mapped values; −1 for one that is not mapped. */
function placesOfQuantities(values: readonly MappedValue[]): Readonly<Record<Quantity, number>> {
  const placeOf = (wanted: Quantity): number => values.findIndex(({ quantity }) => quantity === wanted)
  return {
    flow: placeOf('flow'),
    head: placeOf('head'),
    power: placeOf('power'),
    efficiency: placeOf('efficiency'),
    speed: placeOf('speed'),
    discharge_pressure: placeOf('discharge_pressure'),
    suction_pressure: placeOf('suction_pressure'),
  }
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
