import { median } from '../model/theil-sen.ts'
import { PARAMETERS, type Parameter, type PerParameter } from '../pump/quantities.ts'
import { SEVERITIES, type Severity } from '../pump/status.ts'
import { type AlarmMeasures, alarmMeasures } from './alarm-measures.ts'
import { createEpisodes, type Episode, type EpisodeSummary, summarise } from './episodes.ts'
import type { Instants } from './instants.ts'
import { pumpKey, pumpLabel } from './pump-label.ts'
import type { Reported } from './reported.ts'
import { createStatusTime } from './status-time.ts'
import { createTrends, type Trend } from './trends.ts'

export interface DeviationSummary {
  readonly reports: number
  /** Farthest from the baseline [%]. */
  readonly worst: number
  readonly worst_pump: string
  readonly median: number
  readonly trend: Trend | null
}

export interface Statistics {
  readonly time_zone: string
  readonly from: string
  readonly to: string
  readonly anomalies: number
  readonly pumps: number
  readonly by_status: Readonly<Record<Severity, number>>
  /** An anomaly counts for each parameter that it names. */
  readonly by_parameter: Readonly<Record<string, number>>
  /** Hours 0 to 23 and weekdays from Monday on, of the zone. */
  readonly by_hour: readonly number[]
  readonly by_weekday: readonly number[]
  readonly episodes: Readonly<Record<string, EpisodeSummary>>
  /** At least so long was each status held, by what was reported [ms]. */
  readonly status_time_at_least_ms: Readonly<Record<Severity, number>>
  readonly deviations: PerParameter<DeviationSummary | null>
  readonly offenders: readonly {
    readonly pump: string
    readonly episodes: number
    readonly anomalies: number
    readonly share: number
  }[]
  readonly alarms: AlarmMeasures
}

export interface StatisticsSetup {
  readonly gapMs: number
  readonly instants: Instants
}

/** Counts anomalies one by one, in order of time. */
export function createStatistics({ gapMs, instants }: StatisticsSetup) {
  const counts = createCounts(instants)
  const episodes = createEpisodes(gapMs)
  const time = createStatusTime(gapMs)
  const deviations = createDeviations()
  let [firstMs, lastMs] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  return {
    add: (anomaly: Reported): void => {
      firstMs = Math.min(firstMs, anomaly.timeMs)
      lastMs = Math.max(lastMs, anomaly.timeMs)
      counts.add(anomaly)
      episodes.add(anomaly)
      time.add(anomaly)
      deviations.add(anomaly)
    },
    /** Of the time asked for; where it is open, from the first anomaly to `nowMs` or the last one, whichever is later. */
    result: (fromMs: number | null, toMs: number | null, nowMs: number): Statistics => {
      const all = episodes.all()
      const [startMs, endMs] = [fromMs ?? Math.min(firstMs, nowMs), toMs ?? Math.max(lastMs, nowMs)]
      const { pumps, ...byWhat } = counts.result()
      return {
        time_zone: instants.zone,
        from: new Date(startMs).toISOString(),
        to: new Date(endMs).toISOString(),
        pumps: pumps.size,
        ...byWhat,
        episodes: episodesBy(all, Object.keys(byWhat.by_parameter)),
        status_time_at_least_ms: time.result(),
        deviations: deviations.result(),
        offenders: offendersOf(all, pumps),
        alarms: alarmMeasures(all, endMs - startMs, instants.day),
      }
    },
  }
}

function createCounts(instants: Instants) {
  const byStatus = Object.fromEntries(SEVERITIES.map((name) => [name, 0])) as Record<Severity, number>
  const byParameter: Record<string, number> = {}
  const byHour = new Array<number>(24).fill(0)
  const byWeekday = new Array<number>(7).fill(0)
  const pumps = new Map<string, { label: string; anomalies: number }>()
  let anomalies = 0
  return {
    add: (anomaly: Reported) => {
      anomalies += 1
      byStatus[anomaly.status] += 1
      for (const name of new Set(anomaly.parameters)) byParameter[name] = (byParameter[name] ?? 0) + 1
      const { hour, weekday } = instants.slotOf(anomaly.timeMs)
      byHour[hour] = (byHour[hour] ?? 0) + 1
      byWeekday[weekday] = (byWeekday[weekday] ?? 0) + 1
      const key = pumpKey(anomaly)
      const pump = pumps.get(key)
      if (pump === undefined) pumps.set(key, { label: pumpLabel(anomaly), anomalies: 1 })
      else pump.anomalies += 1
    },
    result: () => ({ pumps, anomalies, by_status: byStatus, by_parameter: byParameter, by_hour: byHour, by_weekday: byWeekday }),
  }
}

function createDeviations() {
  const values = new Map<Parameter, { all: number[]; worst: number; pump: string }>()
  const trends = createTrends()
  return {
    add: (anomaly: Reported) => {
      trends.add(anomaly)
      for (const parameter of PARAMETERS) {
        const deviation = anomaly.deviations[parameter]
        if (deviation === null || !anomaly.parameters.includes(parameter)) continue
        const known = values.get(parameter) ?? { all: [], worst: 0, pump: '' }
        known.all.push(deviation)
        if (known.pump === '' || Math.abs(deviation) > Math.abs(known.worst)) {
          known.worst = deviation
          known.pump = pumpLabel(anomaly)
        }
        values.set(parameter, known)
      }
    },
    result: () =>
      Object.fromEntries(
        PARAMETERS.map((parameter) => {
          const known = values.get(parameter)
          if (known === undefined) return [parameter, null]
          const { all, worst, pump } = known
          return [parameter, { reports: all.length, worst, worst_pump: pump, median: median(all), trend: trends.of(parameter) }]
        }),
      ) as Record<Parameter, DeviationSummary | null>,
  }
}

function episodesBy(all: readonly Episode[], parameters: readonly string[]): Record<string, EpisodeSummary> {
  const groups = new Map<string, Episode[]>(parameters.map((name) => [name, []]))
  for (const episode of all) groups.get(episode.parameter)?.push(episode)
  return Object.fromEntries([
    ['all', summarise(all, median)],
    ...[...groups].map(([name, group]) => [name, summarise(group, median)]),
  ])
}

function offendersOf(all: readonly Episode[], pumps: ReadonlyMap<string, { label: string; anomalies: number }>) {
  const counts = new Map<string, number>()
  for (const { pump } of all) counts.set(pump, (counts.get(pump) ?? 0) + 1)
  return [...counts]
    .map(([pump, episodes]) => ({
      pump: pumps.get(pump)?.label ?? pump,
      episodes,
      anomalies: pumps.get(pump)?.anomalies ?? 0,
      share: episodes / all.length,
    }))
    .sort((a, b) => b.episodes - a.episodes || b.anomalies - a.anomalies || (a.pump < b.pump ? -1 : 1))
}
