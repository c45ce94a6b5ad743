import type { Quantity } from '../pump/quantities.ts'
import type { MappedValue } from './header.ts'
import type { Reading } from './reading.ts'

/** A reading as numbers, NaN for null: its time, its line, its quantities, its channels. */
export type PackedReading = Float64Array

export const TIME = 0
export const LINE = 1
const PLACES: Readonly<Record<Quantity, number>> = {
  flow: 2,
  head: 3,
  power: 4,
  efficiency: 5,
  speed: 6,
  discharge_pressure: 7,
  suction_pressure: 8,
}
const FIRST_CHANNEL = 9

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
    placeOf: ({ quantity, channel }) => (quantity === null ? FIRST_CHANNEL + channels.indexOf(channel ?? '') : PLACES[quantity]),
    unpack: (numbers, start) => ({
      timeMs: numbers[start + TIME] as number,
      line: numbers[start + LINE] as number,
      // Written out, so that all readings are of one kind to the compiler.
      quantities: {
        flow: valueAt(numbers, start + PLACES.flow),
        head: valueAt(numbers, start + PLACES.head),
        power: valueAt(numbers, start + PLACES.power),
        efficiency: valueAt(numbers, start + PLACES.efficiency),
        speed: valueAt(numbers, start + PLACES.speed),
        discharge_pressure: valueAt(numbers, start + PLACES.discharge_pressure),
        suction_pressure: valueAt(numbers, start + PLACES.suction_pressure),
      },
      channels: channelsAt(numbers, start + FIRST_CHANNEL),
    }),
  }
}

function valueAt(numbers: Float64Array, place: number): number | null {
  const value = numbers[place] as number
  return Number.isNaN(value) ? null : value
}
