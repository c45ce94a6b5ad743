import { SEVERITIES, type Status } from '../pump/status.ts'
import type { RowTally } from '../readings/tally.ts'
import type { RunReport } from './run.ts'
import type { RunTally } from './run-tally.ts'
import type { Sent } from './sending.ts'

const STATUSES: readonly Status[] = [...SEVERITIES, 'Idle', 'Not judged']

/** What a run did, in a few lines for the person who started it. */
export function runSummary({ program, rows, tally, modelReason, results, sent }: RunReport): string {
  const { pump } = program.manifest
  const lines: string[] = []
  if (tally.judged === 0) lines.push(`${pump}: nothing new to judge (${rowsInWords(rows)})`)
  else {
    const counts = STATUSES.flatMap((status) =>
      tally.statuses[status] === undefined ? [] : [`${tally.statuses[status]} ${status}`],
    )
    lines.push(
      `${pump}: ${tally.lastStatus} at ${tally.lastTime}; ${readings(tally.judged)} judged since ${tally.firstTime}: ${counts.join(', ')}`,
    )
    const skipped = rowsInWords(rows)
    if (skipped !== '') lines.push(`rows passed over: ${skipped}`)
    if (tally.worstAnomaly !== null) lines.push(`worst: ${tally.worstAnomaly}`)
    lines.push(`predictions: ${predictionsInWords(tally, modelReason)}`)
  }
  if (sent === null) lines.push(`anomalies: ${tally.anomalies.size} found; nothing was kept or sent, as asked`)
  else lines.push(`anomalies: ${tally.anomalies.size} found; ${sentInWords(sent)}`)
  if (results !== null) lines.push(`results: ${results}`)
  return `${lines.join('\n')}\n`
}

/** What a person must hear of sending even when no summary was asked for; null when time alone mends it. */
export function troubleInWords(sent: Sent | null): string | null {
  if (sent === null) return null
  const { needsPerson } = sent.kind === 'kept' ? sent : sent.report
  return needsPerson ? `anomalies: ${sentInWords(sent)}` : null
}

/** What came of sending, in words. */
export function sentInWords(sent: Sent): string {
  if (sent.kind === 'kept') return sent.waiting === 0 ? 'none waits' : `${waiting(sent.waiting)}: ${sent.reason}`
  const { acknowledged, rejected, stopped } = sent.report
  const parts = [`${acknowledged.length} delivered`]
  if (rejected.length > 0) parts.push(`${rejected.length} refused by the API (see rejected_anomalies)`)
  if (sent.report.waiting > 0) parts.push(waiting(sent.report.waiting))
  return `${parts.join(', ')}${stopped === null ? '' : `: ${stopped}`}`
}

/** How many readings have a prediction, and what the last one says or why it is missing. */
function predictionsInWords({ predicted, lastPrediction: last, predictionReason }: RunTally, modelReason: string | null): string {
  if (last === null) return `${predicted} (the last reading has none: ${modelReason ?? predictionReason})`
  const sure = last.confidence === null ? `score ${last.score?.toPrecision(3)}` : `confidence ${last.confidence.toFixed(2)}`
  const life = last.rul_days === null ? '' : `, about ${last.rul_days.toPrecision(2)} days to live`
  return `${predicted}; the last says ${last.class}, ${sure}${life}`
}

/** Rows that were not judged, by the reason; empty when there are none. */
function rowsInWords(rows: RowTally): string {
  const counts: [number, string][] = [
    [rows.alreadyJudged, 'judged before'],
    [rows.bad, 'bad'],
    [rows.duplicates, 'duplicate'],
    [rows.late, 'late'],
    [rows.future, 'from the future'],
    [rows.otherPump, 'of other pumps'],
    [rows.unfinished, 'unfinished'],
  ]
  return counts.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])).join(', ')
}

const readings = (count: number): string => `${count} ${count === 1 ? 'reading' : 'readings'}`
const waiting = (count: number): string => `${count} ${count === 1 ? 'waits' : 'wait'} in the spool`
