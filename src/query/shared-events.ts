import type { Episode } from './episodes.ts'

/** Episodes of several pumps of one site that began together: rather the site's trouble than a pump's. */
export interface SharedEvent {
  readonly siteId: number
  readonly startMs: number
  readonly endMs: number
  readonly pumps: readonly string[]
  readonly parameters: readonly string[]
}

export interface SharedEvents {
  /** Those of most pumps first, then the latest. */
  readonly events: readonly SharedEvent[]
  /** About so many would there be if no pump had to do with another. */
  readonly expected_by_chance: number
}

/**
 * Finds episodes of two pumps or more of a site that start within `windowMs` of the first of them. By chance, a start of
 * one pump is followed within w by another pump's with 1 − exp(−n·w/T): n the starts of the site's other pumps in the
 * time T; summed over all starts that is an upper estimate of the events to expect. Ours.
 */
export function sharedEvents(episodes: readonly Episode[], windowMs: number, periodMs: number): SharedEvents {
  const sites = new Map<number, Episode[]>()
  for (const episode of episodes) {
    const own = sites.get(episode.siteId)
    if (own === undefined) sites.set(episode.siteId, [episode])
    else own.push(episode)
  }
  const events = [...sites.values()].flatMap((own) => eventsOf(own, windowMs))
  const expected = [...sites.values()].reduce((sum, own) => sum + expectedOf(own, windowMs, periodMs), 0)
  return {
    events: events.sort((a, b) => b.pumps.length - a.pumps.length || b.startMs - a.startMs),
    expected_by_chance: expected,
  }
}

function eventsOf(episodes: readonly Episode[], windowMs: number): SharedEvent[] {
  const events: SharedEvent[] = []
  for (let first = 0; first < episodes.length; ) {
    const { siteId, startMs } = episodes[first] as Episode
    let end = first
    while (end < episodes.length && (episodes[end] as Episode).startMs - startMs <= windowMs) end++
    const together = episodes.slice(first, end)
    const pumps = [...new Set(together.map(({ pump }) => pump))].sort()
    if (pumps.length > 1) {
      const parameters = [...new Set(together.map(({ parameter }) => parameter))].sort()
      events.push({ siteId, startMs, endMs: (together.at(-1) as Episode).startMs, pumps, parameters })
    }
    first = end
  }
  return events
}

function expectedOf(episodes: readonly Episode[], windowMs: number, periodMs: number): number {
  // Several parameters of one pump that start together are one start.
  const starts = new Map<string, Set<number>>()
  for (const { pump, startMs } of episodes) starts.set(pump, (starts.get(pump) ?? new Set()).add(startMs))
  const all = [...starts.values()].reduce((sum, own) => sum + own.size, 0)
  let expected = 0
  for (const { size } of starts.values()) expected += size * -Math.expm1((-(all - size) * windowMs) / Math.max(1, periodMs))
  return expected
}
