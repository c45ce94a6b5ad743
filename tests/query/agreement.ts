import { SEVERITIES } from '../../src/pump/status.ts'
import type { Comparison } from '../../src/query/comparison.ts'
import type { Statistics } from '../../src/query/statistics.ts'
import type { Ranked } from '../../src/query/urgency.ts'
import { openSql, sqlComparison, sqlStatistics } from './sql-statistics.ts'

const TOLERANCE = 1e-9

/** Where two trees of values differ by more than 1e-9 of themselves, or in a key; empty when nowhere. */
function differences(found: unknown, wanted: unknown, path = ''): string[] {
  if (typeof found === 'number' && typeof wanted === 'number') {
    const apart = Math.abs(found - wanted)
    return apart <= TOLERANCE * Math.max(1, Math.abs(wanted)) ? [] : [`${path}: ${found}, by SQL ${wanted}`]
  }
  if (typeof found === 'object' && typeof wanted === 'object' && found !== null && wanted !== null) {
    const [a, b] = [found as Record<string, unknown>, wanted as Record<string, unknown>]
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap((key) => differences(a[key], b[key], `${path}.${key}`))
  }
  return found === wanted ? [] : [`${path}: ${JSON.stringify(found)}, by SQL ${JSON.stringify(wanted)}`]
}

const mapped = <T, U>(record: Readonly<Record<string, T>>, to: (value: T) => U) =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]))

/** Differences between what `stats --format json` printed and SQL on the database, for whole-database questions in UTC. */
export function statisticsDifferences(statistics: Statistics, database: string, gapMs: number): string[] {
  const sql = openSql(database, gapMs)
  const wanted = sqlStatistics(sql, gapMs)
  sql.close()
  const { all, ...episodes } = statistics.episodes
  const present = <T>(record: Readonly<Record<string, T>>) =>
    Object.fromEntries(Object.entries(record).filter(([, value]) => value !== 0))
  const deviations = Object.fromEntries(Object.entries(statistics.deviations).filter(([, value]) => value !== null))
  const found = {
    anomalies: statistics.anomalies,
    pumps: statistics.pumps,
    by_status: present(statistics.by_status),
    by_parameter: statistics.by_parameter,
    by_hour: statistics.by_hour,
    by_weekday: statistics.by_weekday,
    episodes: mapped(episodes, ({ count }) => count),
    median_length: mapped(episodes, ({ median_length_ms }) => median_length_ms),
    longest: mapped(episodes, ({ longest_ms }) => longest_ms),
    time_between: mapped(episodes, ({ mean_time_between_ms }) => mean_time_between_ms),
    time_between_all: all?.mean_time_between_ms,
    status_time: present(statistics.status_time_at_least_ms),
    worst: mapped(deviations, (summary) => summary?.worst),
    median: mapped(deviations, (summary) => summary?.median),
    slope: mapped(deviations, (summary) => summary?.trend?.slope),
    offenders: Object.fromEntries(statistics.offenders.map(({ pump, share }) => [pump.split(' ')[0], share])),
    busiest: statistics.alarms.busiest_day?.episodes,
    standing: statistics.alarms.standing,
    total: all?.count,
  }
  return differences(found, wanted)
}

export type ComparisonJson = Pick<Comparison, 'from' | 'to' | 'shared'> & { readonly pumps: readonly Ranked[] }

export function comparisonDifferences(comparison: ComparisonJson, database: string, gapMs: number, windowMs: number): string[] {
  const sql = openSql(database, gapMs)
  const wanted = sqlComparison(sql, windowMs)
  sql.close()
  const by = <T>(value: (pump: Ranked) => T) => Object.fromEntries(comparison.pumps.map((pump) => [pump.pump, value(pump)]))
  const days = (Date.parse(comparison.to) - Date.parse(comparison.from)) / 86_400_000
  const events = comparison.shared.events.map(({ siteId, startMs, pumps }) => ({
    site_id: siteId,
    start_ms: startMs,
    pumps: pumps.length,
  }))
  const found = {
    anomalies: by(({ anomalies }) => anomalies),
    // One episode a parameter there; here as a rate.
    episodes: by(({ episodes_per_30_days: rate }) => (rate * days) / 30),
    worst_status: by(({ worst_status }) => SEVERITIES.indexOf(worst_status)),
    last_status: by(({ last_status }) => last_status),
    last_ms: by(({ last_report }) => Date.parse(last_report)),
    beyond: by(({ worst_deviation }) => worst_deviation?.beyond),
    rul: Object.fromEntries(comparison.pumps.flatMap(({ pump, rul_days }) => (rul_days === null ? [] : [[pump, rul_days]]))),
    shared: events.toSorted((a, b) => a.site_id - b.site_id || a.start_ms - b.start_ms),
  }
  return differences(found, wanted)
}
