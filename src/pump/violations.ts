import type { Bounds } from './tolerances.ts'

export type Side = 'min' | 'max'

/**
 * How far a deviation lies outside one bound of its grade.
 *
 *     beyond = deviation − max, or min − deviation
 *
 * deviation, bounds [%]; result [percentage points], negative inside; −∞ where the grade has no bound on that side.
 * Example: −7 % against −5…+5 % lies 2 points beyond `min`. Source: ours, on the tolerances of ISO 9906:2012, 4.4.
 */
export function beyondBound(deviation: number, { min, max }: Bounds, side: Side): number {
  if (side === 'max') return max === null ? Number.NEGATIVE_INFINITY : deviation - max
  return min === null ? Number.NEGATIVE_INFINITY : min - deviation
}

/** The side on which a deviation is literally outside its grade; null inside. On the bound is inside. */
export function violatedSide(deviation: number, bounds: Bounds): Side | null {
  if (bounds.max !== null && deviation > bounds.max) return 'max'
  if (bounds.min !== null && deviation < bounds.min) return 'min'
  return null
}

/**
 * The distance that counts as one step of severity: the larger finite bound of a parameter that is not zero, else
 * that of the grade's head, else 5 (the head of grade 2B) [percentage points]. Source: ours.
 */
export function severityScale(bounds: Bounds, head: Bounds | null): number {
  return largestBound(bounds) ?? (head === null ? null : largestBound(head)) ?? 5
}

function largestBound({ min, max }: Bounds): number | null {
  const largest = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0))
  return largest > 0 ? largest : null
}
