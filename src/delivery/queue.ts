import type { SpoolEntry } from './spool-file.ts'

/** The order in which one run tries what waits; each entry once. */
export interface Queue {
  readonly length: () => number
  /** The most urgent ones, at most `count`. */
  readonly mostUrgent: (count: number) => readonly SpoolEntry[]
  /** The one that was tried least, so that one that always fails cannot keep the others waiting for ever. */
  readonly leastTried: () => readonly SpoolEntry[]
}

/** Takes entries that stand in order of urgency. */
export function createQueue(entries: readonly SpoolEntry[]): Queue {
  // Taken out in place: a copy at every step would be most of the memory that ten thousand cost.
  const rest = [...entries]
  return {
    length: () => rest.length,
    mostUrgent: (count) => rest.splice(0, count),
    leastTried: () => {
      let least = 0
      for (const [index, { tries }] of rest.entries()) if (tries < (rest[least]?.tries ?? 0)) least = index
      return rest.splice(least, 1)
    },
  }
}
