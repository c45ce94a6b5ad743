import { type PackedReading, type Packing, TIME } from './packing.ts'
import type { Reading } from './reading.ts'

/** Readings in time order; each is made when it is asked for, once, before the next batch. */
export interface Batch extends Iterable<Reading> {
  readonly length: number
}

/**
 * Readings in time order that wait for those before them. As numbers side by side, since a thousand waiting objects
 * would keep the garbage collector busier than the judging keeps the rest of the program.
 */
export interface Waiting {
  size(): number
  timeMsAt(index: number): number
  insert(index: number, reading: PackedReading): void
  /** Removes the first ones. What is handed out is good until the next `insert`. */
  take(count: number): Batch
}

/** Of most runs. */
const FEW_ROWS = 64

export function createWaiting({ width, unpack }: Packing): Waiting {
  let numbers = new Float64Array(FEW_ROWS * width)
  /** Rows from `start` to `end` wait. */
  let start = 0
  let end = 0

  /** Moves what waits to the front, of a larger memory when it fills more than half of this. */
  function makeRoom(): void {
    const waiting = numbers.subarray(start * width, end * width)
    if (waiting.length > numbers.length / 2) numbers = new Float64Array(numbers.length * 2)
    numbers.set(waiting)
    end -= start
    start = 0
  }

  function* readings(from: number, to: number): Generator<Reading> {
    for (let row = from; row < to; row++) yield unpack(numbers, row * width)
  }

  return {
    size: () => end - start,
    timeMsAt: (index) => numbers[(start + index) * width + TIME] as number,
    insert: (index, reading) => {
      if ((end + 1) * width > numbers.length) makeRoom()
      const at = (start + index) * width
      if (start + index < end) numbers.copyWithin(at + width, at, end * width)
      numbers.set(reading, at)
      end += 1
    },
    take: (count) => {
      const from = start
      start += count
      return { length: count, [Symbol.iterator]: () => readings(from, from + count) }
    },
  }
}
