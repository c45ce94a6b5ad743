import type { Episode } from './episodes.ts'

/** What ISA-18.2 and EEMUA 191 measure an alarm system by, as far as reports tell it; an episode counts as an alarm. */
export interface AlarmMeasures {
  readonly episodes_per_day: number
  /** Of a day of the zone. */
  readonly busiest_day: { readonly day: string; readonly episodes: number } | null
  readonly verdict: 'acceptable' | 'manageable at most' | 'too many'
  readonly floods: number
  readonly episodes_in_floods: number
  /** Longer than 24 h. */
  readonly standing: number
}

/** Per operator and day (EEMUA 191, 3rd edition; ANSI/ISA-18.2-2016, clause 16). */
const ACCEPTABLE = 150
const MANAGEABLE = 300
const FLOOD_MS = 600_000
const FLOOD_BEGINS = 10
const FLOOD_ENDS = 5
const DAY_MS = 86_400_000

/**
 * `episodes` in order of their start; `periodMs` is the time asked about; `dayOf` names the day of an instant.
 * A flood begins when more than 10 episodes started within 10 minutes and lasts until fewer than 5 did.
 */
export function alarmMeasures(episodes: readonly Episode[], periodMs: number, dayOf: (ms: number) => string): AlarmMeasures {
  const perDay = episodes.length / Math.max(1, periodMs / DAY_MS)
  const busiest = busiestDay(episodes, dayOf)
  const most = Math.max(perDay, busiest?.episodes ?? 0)
  return {
    episodes_per_day: perDay,
    busiest_day: busiest,
    verdict: most <= ACCEPTABLE ? 'acceptable' : most <= MANAGEABLE ? 'manageable at most' : 'too many',
    ...floodsOf(episodes.map(({ startMs }) => startMs)),
    standing: episodes.filter(({ startMs, endMs }) => endMs - startMs > DAY_MS).length,
  }
}

function busiestDay(episodes: readonly Episode[], dayOf: (ms: number) => string): { day: string; episodes: number } | null {
  const days = new Map<string, number>()
  for (const { startMs } of episodes) days.set(dayOf(startMs), (days.get(dayOf(startMs)) ?? 0) + 1)
  let busiest: { day: string; episodes: number } | null = null
  for (const [day, count] of days) if (busiest === null || count > busiest.episodes) busiest = { day, episodes: count }
  return busiest
}

function floodsOf(starts: readonly number[]): { floods: number; episodes_in_floods: number } {
  let [floods, inFloods, oldest, counted] = [0, 0, 0, 0]
  let flooding = false
  for (const [i, startMs] of starts.entries()) {
    while (startMs - (starts[oldest] ?? 0) >= FLOOD_MS) oldest++
    const recent = i - oldest + 1
    if (!flooding && recent > FLOOD_BEGINS) {
      flooding = true
      floods += 1
      inFloods += i + 1 - Math.max(oldest, counted)
      counted = i + 1
    } else if (flooding && recent < FLOOD_ENDS) {
      flooding = false
    } else if (flooding) {
      inFloods += 1
      counted = i + 1
    }
  }
  return { floods, episodes_in_floods: inFloods }
}
