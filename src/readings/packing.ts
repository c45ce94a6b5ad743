import { QUANTITIES, type Quantity } from '../pump/quantities.ts'
import type { MappedValue } from './header.ts'
import type { Reading } from './reading.ts'

/** A reading as numbers, NaN for null: its time, its line, its quantities as in the glossary, its channels. */
export type PackedReading = Float64Array

export const TIME = 0
export const LINE = 1
const FIRST_QUANTITY = 2
const NAMES = Object.keys(QUANTITIES) as Quantity[]
const FIRST_CHANNEL = FIRST_QUANTITY + NAMES.length

/** How the readings of one set of columns are packed. */
export interface Packing {
  /** Numbers of a reading. */
  readonly width: number
  placeOf(value: Pick<MappedValue, 'quantity' | 'channel'>): number
  /** The reading whose numbers begin at `start`. */
  unpack(numbers: Float64Array, start: number): Reading
}

const NO_CHANNELS: Reading['channels'] = Object.freeze({})

export function createPacking(channels: readonly string[]): Packing {
  function channelsAt(numbers: Float64Array, first: number): Reading['channels'] {
    if (channels.length === 0) return NO_CHANNELS
    const values: Record<string, number | null> = {}
    for (const [index, channel] of channels.entries()) values[channel] = valueAt(numbers, first + index)
    return values
  }

  return {
    width: FIRST_CHANNEL + channels.length,
    placeOf: ({ quantity, channel }) =>
      quantity === null ? FIRST_CHANNEL + channels.indexOf(channel ?? '') : FIRST_QUANTITY + NAMES.indexOf(quantity),
    unpack: (numbers, start) => {
      const first = start + FIRST_QUANTITY
      return {
        timeMs: numbers[start + TIME] as number,
        line: numbers[start + LINE] as number,
        // Written out, so that all readings are of one kind to the compiler.
        quantities: {
          flow: valueAt(numbers, first),
          head: valueAt(numbers, first + 1),
          power: valueAt(numbers, first + 2),
          efficiency: valueAt(numbers, first + 3),
          speed: valueAt(numbers, first + 4),
          discharge_pressure: valueAt(numbers, first + 5),
          suction_pressure: valueAt(numbers, first + 6),
        },
        channels: channelsAt(numbers, start + FIRST_CHANNEL),
      }
    },
  }
}

function valueAt(numbers: Float64Array, place: number): number | null {
  const value = numbers[place] as number
  return Number.isNaN(value) ? null : value
}
