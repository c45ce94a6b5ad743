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
  let rest = [...entries]
  return {
    length: () => rest.length,
    mostUrgent: (count) => {
      const chosen = rest.slice(0, count)
      rest = rest.slice(count)
      return chosen
    },
    leastTried: () => {
      const [first] = rest
      if (first === undefined) return []
      const chosen = rest.reduce((best, entry) => (entry.tries < best.tries ? entry : best), first)
      rest = rest.filter((entry) => entry !== chosen)
      return [chosen]
    },
  }
}
