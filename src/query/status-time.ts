import { isWorse, SEVERITIES, type Severity } from '../pump/status.ts'
import { pumpKey } from './pump-label.ts'
import type { Reported } from './reported.ts'

/**
 * A lower bound of the time that pumps spent in each status, by what was reported: between two reports of a pump that
 * are at most `gapMs` apart, the milder of their statuses; any other time is unknown and counts nowhere. A pump that
 * became Normal in between and fell back, unseen within a gap, makes the bound too high.
 */
export function createStatusTime(gapMs: number) {
  const last = new Map<string, { timeMs: number; status: Severity }>()
  const held = Object.fromEntries(SEVERITIES.map((name) => [name, 0])) as Record<Severity, number>
  return {
    /** Takes anomalies in order of time. */
    add: (anomaly: Reported): void => {
      const { timeMs, status } = anomaly
      const key = pumpKey(anomaly)
      const before = last.get(key)
      const gap = before === undefined ? Number.POSITIVE_INFINITY : timeMs - before.timeMs
      if (before !== undefined && gap >= 0 && gap <= gapMs) held[isWorse(before.status, status) ? status : before.status] += gap
      last.set(key, { timeMs, status })
    },
    result: (): Readonly<Record<Severity, number>> => ({ ...held }),
  }
}
