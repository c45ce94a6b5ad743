import { isWorse, type Severity } from '../pump/status.ts'
import { pumpKey } from './pump-label.ts'
import type { Reported } from './reported.ts'

/** Reports of one pump and one parameter without a long gap: one trouble, as far as the reports tell. */
export interface Episode {
  readonly siteId: number
  readonly pump: string
  readonly parameter: string
  /** First and last report [ms since 1970-01-01 UTC]. */
  readonly startMs: number
  readonly endMs: number
  readonly reports: number
  readonly worst: Severity
}

type Growing = { -readonly [K in keyof Episode]: Episode[K] }

export interface Episodes {
  /** Takes anomalies in order of time. */
  readonly add: (anomaly: Reported) => void
  /** All so far, in order of their start. */
  readonly all: () => readonly Episode[]
}

/**
 * Joins reports to episodes: the same pump and parameter, each at most `gapMs` after the one before. Devices repeat a
 * standing violation once a debounce, so a gap of up to twice the debounce loses one report and still joins. An anomaly
 * that names two parameters counts in an episode of each. Example: reports at 0, 60, 120 and 300 min with a gap of
 * 120 min are two episodes, of 120 and of 0 min.
 */
export function createEpisodes(gapMs: number): Episodes {
  const last = new Map<string, Growing>()
  const found: Growing[] = []
  return {
    add: (anomaly) => {
      const pump = pumpKey(anomaly)
      for (const parameter of new Set(anomaly.parameters)) {
        const key = `${pump} ${parameter}`
        const open = last.get(key)
        if (open !== undefined && anomaly.timeMs - open.endMs <= gapMs) {
          open.endMs = Math.max(open.endMs, anomaly.timeMs)
          open.reports += 1
          if (isWorse(anomaly.status, open.worst)) open.worst = anomaly.status
        } else {
          const begun = {
            siteId: anomaly.siteId,
            pump,
            parameter,
            startMs: anomaly.timeMs,
            endMs: anomaly.timeMs,
            reports: 1,
            worst: anomaly.status,
          }
          last.set(key, begun)
          found.push(begun)
        }
      }
    },
    all: () => found.toSorted((a, b) => a.startMs - b.startMs),
  }
}

export interface EpisodeSummary {
  readonly count: number
  /** From first to last report [ms]; null without episodes. */
  readonly median_length_ms: number | null
  readonly longest_ms: number | null
  /** From start to start within a pump and parameter, the mean [ms]; null where none has two. */
  readonly mean_time_between_ms: number | null
}

export function summarise(episodes: readonly Episode[], median: (values: readonly number[]) => number): EpisodeSummary {
  if (episodes.length === 0) return { count: 0, median_length_ms: null, longest_ms: null, mean_time_between_ms: null }
  const lengths = episodes.map(({ startMs, endMs }) => endMs - startMs)
  const spans = new Map<string, { first: number; last: number; intervals: number }>()
  for (const { pump, parameter, startMs } of episodes) {
    const key = `${pump} ${parameter}`
    const span = spans.get(key)
    if (span === undefined) spans.set(key, { first: startMs, last: startMs, intervals: 0 })
    else
      spans.set(key, { first: Math.min(span.first, startMs), last: Math.max(span.last, startMs), intervals: span.intervals + 1 })
  }
  let [total, intervals] = [0, 0]
  for (const span of spans.values()) {
    total += span.last - span.first
    intervals += span.intervals
  }
  return {
    count: episodes.length,
    median_length_ms: median(lengths),
    longest_ms: lengths.reduce((most, length) => Math.max(most, length), 0),
    mean_time_between_ms: intervals === 0 ? null : total / intervals,
  }
}
