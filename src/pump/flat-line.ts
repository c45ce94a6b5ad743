import type { DutyPoint } from './deviation.ts'

/** Quantities that a meter of its own gives. */
const METERED = ['flow', 'head', 'power'] as const
type Metered = (typeof METERED)[number]

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

/** Changes of other quantities, running time and their movement that make a still value a broken meter. Ours. */
const FLAT = { changes: 24, ms: 6 * 3_600_000, movement: 0.1 } as const

/**
 * Meters that give one and the same value to the last digit for 6 running hours or more, while the others change in at
 * least 24 readings and one of them ranges over 10 % or more. A steady pump with a coarse meter is not one of them,
 * nor is one that a single wild reading visits. Source: ours.
 */
export function flatLines(
  before: FlatLines,
  measured: DutyPoint,
  ms: number,
): { readonly state: FlatLines; readonly flat: readonly Metered[] } {
  const state: Partial<Record<Metered, Still>> = {}
  for (const quantity of METERED) {
    const value = measured[quantity]
    if (value === null) continue
    const still = before[quantity]
    const holds = still !== undefined && still.value === value
    let changed = false
    const least: Partial<Record<Metered, number>> = {}
    const most: Partial<Record<Metered, number>> = {}
    for (const other of METERED) {
      const seen = measured[other]
      if (other === quantity || seen === null) continue
      changed ||= before[other]?.value !== seen
      least[other] = Math.min(seen, holds ? (still.least[other] ?? seen) : seen)
      most[other] = Math.max(seen, holds ? (still.most[other] ?? seen) : seen)
    }
    state[quantity] = holds
      ? { value, ms: still.ms + ms, changes: still.changes + (changed ? 1 : 0), least, most }
      : { value, ms: 0, changes: 0, least, most }
  }
  return { state, flat: METERED.filter((quantity) => state[quantity] !== undefined && isFlat(state[quantity])) }
}

function isFlat({ ms, changes, least, most }: Still): boolean {
  if (changes < FLAT.changes || ms < FLAT.ms) return false
  return METERED.some((other) => {
    const [low, high] = [least[other], most[other]]
    return low !== undefined && high !== undefined && high - low > FLAT.movement * Math.max(Math.abs(low), Math.abs(high))
  })
}
