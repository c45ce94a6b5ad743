import { isWorse, type Severity } from '../pump/status.ts'
import { createEpisodes, type Episode } from './episodes.ts'
import { isWorse as isWorseMargin, type Margin, worstMargin } from './margin.ts'
import { pumpKey, pumpName } from './pump-label.ts'
import type { Reported } from './reported.ts'
import { type SharedEvents, sharedEvents } from './shared-events.ts'
import { createTrends, type Trend } from './trends.ts'

/** One pump as its reports show it. */
export interface PumpSummary {
  /** `site/pump`. */
  readonly pump: string
  readonly name: string | null
  readonly site_id: number
  readonly anomalies: number
  readonly episodes: number
  /** Episodes per 30 days of the time asked about. */
  readonly episodes_per_30_days: number
  readonly worst_status: Severity
  readonly last_status: Severity
  readonly last_report: string
  /** The last report is no older than twice the debounce. */
  readonly active: boolean
  readonly worst_deviation: Margin | null
  readonly last_deviation: Margin | null
  /** As the last report that knew one said it [days]. */
  readonly rul_days: number | null
  readonly rul_said: string | null
  /** Of the parameter of the last deviation. */
  readonly trend: Trend | null
}

export interface Comparison {
  readonly from: string
  readonly to: string
  readonly pumps: readonly PumpSummary[]
  readonly shared: SharedEvents
  /** Starts of each pump's episodes, for charts [ms]. */
  readonly starts: ReadonlyMap<string, readonly number[]>
}

interface Growing {
  siteId: number
  name: string | null
  anomalies: number
  worst: Severity
  last: Reported
  worstMargin: Margin | null
  lastMargin: Margin | null
  rul: { days: number; timeMs: number } | null
}

export interface ComparisonSetup {
  readonly gapMs: number
  readonly windowMs: number
}

const MONTH_MS = 30 * 86_400_000

/** Sets pumps side by side; takes anomalies in order of time. */
export function createComparison({ gapMs, windowMs }: ComparisonSetup) {
  const pumps = new Map<string, Growing>()
  const episodes = createEpisodes(gapMs)
  const trends = createTrends()
  let firstMs = Number.POSITIVE_INFINITY
  return {
    add: (anomaly: Reported): void => {
      firstMs = Math.min(firstMs, anomaly.timeMs)
      episodes.add(anomaly)
      trends.add(anomaly)
      const key = pumpKey(anomaly)
      pumps.set(key, grown(pumps.get(key), anomaly))
    },
    /** Of the time asked for; `active` is meant at its end, or at `nowMs` where it is open or in the future. */
    result: (fromMs: number | null, toMs: number | null, nowMs: number): Comparison => {
      const [startMs, endMs] = [fromMs ?? Math.min(firstMs, nowMs), Math.min(toMs ?? nowMs, nowMs)]
      const all = episodes.all()
      const starts = startsOf(all)
      const summaries = [...pumps].map(([key, pump]): PumpSummary => {
        const count = starts.get(key)?.length ?? 0
        return {
          pump: key,
          name: pump.name,
          site_id: pump.siteId,
          anomalies: pump.anomalies,
          episodes: count,
          episodes_per_30_days: (count * MONTH_MS) / Math.max(1, endMs - startMs),
          worst_status: pump.worst,
          last_status: pump.last.status,
          last_report: new Date(pump.last.timeMs).toISOString(),
          active: endMs - pump.last.timeMs <= gapMs,
          worst_deviation: pump.worstMargin,
          last_deviation: pump.lastMargin,
          rul_days: pump.rul?.days ?? null,
          rul_said: pump.rul === null ? null : new Date(pump.rul.timeMs).toISOString(),
          trend: pump.lastMargin === null ? null : trends.of(pump.lastMargin.parameter, key),
        }
      })
      return {
        from: new Date(startMs).toISOString(),
        to: new Date(endMs).toISOString(),
        pumps: summaries,
        shared: sharedEvents(all, windowMs, endMs - startMs),
        starts,
      }
    },
  }
}

function grown(before: Growing | undefined, anomaly: Reported): Growing {
  const margin = worstMargin(anomaly)
  const { rulDays, timeMs, status, siteId } = anomaly
  const pump = before ?? {
    siteId,
    name: null,
    anomalies: 0,
    worst: status,
    last: anomaly,
    worstMargin: null,
    lastMargin: null,
    rul: null,
  }
  pump.name = pumpName(anomaly) ?? pump.name
  pump.anomalies += 1
  if (isWorse(status, pump.worst)) pump.worst = status
  pump.last = anomaly
  if (margin !== null) {
    pump.lastMargin = margin
    if (pump.worstMargin === null || isWorseMargin(margin, pump.worstMargin)) pump.worstMargin = margin
  }
  if (rulDays !== null) pump.rul = { days: rulDays, timeMs }
  return pump
}

function startsOf(episodes: readonly Episode[]): Map<string, number[]> {
  const starts = new Map<string, number[]>()
  for (const { pump, startMs } of episodes) {
    const own = starts.get(pump)
    if (own === undefined) starts.set(pump, [startMs])
    else own.push(startMs)
  }
  return starts
}
