import { isoTime } from '../iso-time.ts'
import { sha256 } from '../sha256.ts'

/**
 * The identity of an anomaly: the same site, pump and event time give the same id on every run, so that a
 * re-run or a re-send is the same anomaly even when all state was lost.
 *
 *     id = first 32 hex digits of sha256("<site>/<pump>/<event time, ISO 8601 UTC>")
 *
 * Source: ours.
 */
export function anomalyId(siteId: number, pumpId: number, timeMs: number): string {
  return sha256(`${siteId}/${pumpId}/${isoTime(timeMs)}`).slice(0, 32)
}
