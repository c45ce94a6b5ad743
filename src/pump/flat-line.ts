import type { DutyPoint } from './deviation.ts'

/** Quantities that a meter of its own gives. */
const METERED = ['flow', 'head', 'power'] as const
export type Metered = (typeof METERED)[number]

/** A value that has not moved, and how far the others have since. JSON. */
export interface Still {
  readonly value: number
  readonly ms: number
  /** Readings since in which another quantity changed. */
  readonly changes: number
  /** Smallest and largest value of each other quantity since. */
  readonly least: Readonly<Partial<Record<Metered, number>>>
  readonly most: Readonly<Partial<Record<Metered, number>>>
}

export type FlatLines = Readonly<Partial<Record<Metered, Still>>>

export interface FlatLineWatch {
  /** Takes the next reading and the running time that it stands for, and says which meters are flat. */
  push(measured: DutyPoint, ms: number): readonly Metered[]
  /** For how long a meter has given its value [ms]. */
  stillMs(quantity: Metered): number
  state(): FlatLines
}

/** Changes of other quantities, running time and their movement that make a still value a broken meter. Ours. */
const FLAT = { changes: 24, ms: 6 * 3_600_000, movement: 0.1 } as const

/** `Still` as it is worked on from reading to reading; NaN where nothing was measured. */
interface Line {
  readonly quantity: Metered
  value: number
  ms: number
  changes: number
  readonly others: readonly Range[]
}

interface Range {
  /** Place of the other quantity in `METERED`. */
  readonly of: number
  least: number
  most: number
}

const NONE: readonly Metered[] = []

/**
 * Meters that give one and the same value to the last digit for 6 running hours or more, while the others change in at
 * least 24 readings and one of them ranges over 10 % or more. A steady pump with a coarse meter is not one of them,
 * nor is one that a single wild reading visits. Source: ours.
 */
export function watchFlatLines(saved: FlatLines): FlatLineWatch {
  const lines = METERED.map((quantity) => lineFrom(quantity, saved[quantity]))
  const values = METERED.map(() => Number.NaN)
  const moved = METERED.map(() => false)

  function follow(line: Line, value: number, ms: number): void {
    const holds = line.value === value
    let othersMoved = false
    for (const range of line.others) {
      const seen = values[range.of] as number
      if (!Number.isNaN(seen)) othersMoved ||= moved[range.of] as boolean
      range.least = holds && range.least <= seen ? range.least : seen
      range.most = holds && range.most >= seen ? range.most : seen
    }
    line.value = value
    line.ms = holds ? line.ms + ms : 0
    line.changes = holds ? line.changes + (othersMoved ? 1 : 0) : 0
  }

  return {
    push({ flow, head, power }, ms) {
      values[0] = flow ?? Number.NaN
      values[1] = head ?? Number.NaN
      values[2] = power ?? Number.NaN
      for (let i = 0; i < lines.length; i++) moved[i] = (lines[i] as Line).value !== values[i]
      for (let i = 0; i < lines.length; i++) follow(lines[i] as Line, values[i] as number, ms)
      return lines.some(isFlat) ? lines.filter(isFlat).map(({ quantity }) => quantity) : NONE
    },
    stillMs: (quantity) => lines[METERED.indexOf(quantity)]?.ms ?? 0,
    state: () => Object.fromEntries(lines.flatMap((line) => (Number.isNaN(line.value) ? [] : [[line.quantity, stillOf(line)]]))),
  }
}

function lineFrom(quantity: Metered, still: Still | undefined): Line {
  const others = METERED.flatMap((other, of): Range[] =>
    other === quantity ? [] : [{ of, least: still?.least[other] ?? Number.NaN, most: still?.most[other] ?? Number.NaN }],
  )
  return { quantity, value: still?.value ?? Number.NaN, ms: still?.ms ?? 0, changes: still?.changes ?? 0, others }
}

function stillOf({ value, ms, changes, others }: Line): Still {
  const measured = others.filter(({ least }) => !Number.isNaN(least))
  const bounds = (of: (range: Range) => number) => Object.fromEntries(measured.map((range) => [METERED[range.of], of(range)]))
  return { value, ms, changes, least: bounds(({ least }) => least), most: bounds(({ most }) => most) }
}

function isFlat({ ms, changes, others }: Line): boolean {
  if (changes < FLAT.changes || ms < FLAT.ms) return false
  return others.some(({ least, most }) => most - least > FLAT.movement * Math.max(Math.abs(least), Math.abs(most)))
}
