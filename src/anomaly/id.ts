import { createHash } from 'node:crypto'
import { isoTime } from '../iso-time.ts'

/**
 * The identity of an anomaly: the same site, pump and event time give the same id on every run, so that a
 * re-run or a re-send is the same anomaly even when all state was lost.
 *
 *     id = first 32 hex digits of sha256("<site>/<pump>/<event time, ISO 8601 UTC>")
 *
 * Source: ours.
 */
export function anomalyId(siteId: number, pumpId: number, timeMs: number): string {
  return createHash('sha256')
    .update(`${siteId}/${pumpId}/${isoTime(timeMs)}`)
    .digest('hex')
    .slice(0, 32)
}
