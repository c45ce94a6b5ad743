import type { Prediction } from '../model/prediction.ts'
import { isSeverity, isWorse, type Severity, type Status } from '../pump/status.ts'
import type { JudgedReading } from './judging.ts'

/** What a run has judged so far. */
export interface RunTally {
  readonly statuses: Readonly<Partial<Record<Status, number>>>
  readonly judged: number
  /** null: nothing was judged. */
  readonly firstTime: string | null
  readonly lastTime: string | null
  readonly lastStatus: Status | null
  readonly worst: Severity | null
  /** What the worst status was said of, in the words of its anomaly; null when nothing was reported. */
  readonly worstAnomaly: string | null
  /** Event times of the anomalies found, by id. */
  readonly anomalies: ReadonlyMap<string, string>
  readonly predicted: number
  /** Of the newest reading; null when it has none. */
  readonly lastPrediction: Prediction | null
  /** Why the newest reading has no prediction; null when it has one. */
  readonly predictionReason: string | null
}

/** Counts judged readings one by one. */
export function createRunTally(): { readonly count: (judged: JudgedReading) => void; readonly tally: () => RunTally } {
  const statuses: Partial<Record<Status, number>> = {}
  const anomalies = new Map<string, string>()
  let judged = 0
  let predicted = 0
  let firstTime: string | null = null
  let last: JudgedReading['record'] | null = null
  let worst: Severity | null = null
  let worstAnomaly: { readonly status: Severity; readonly description: string } | null = null

  function count({ record, anomaly }: JudgedReading): void {
    judged += 1
    firstTime ??= record.timestamp
    last = record
    statuses[record.status] = (statuses[record.status] ?? 0) + 1
    if (record.prediction !== null) predicted += 1
    if (isSeverity(record.status) && (worst === null || isWorse(record.status, worst))) worst = record.status
    if (anomaly === null) return
    anomalies.set(anomaly.metadata.idempotencyKey, anomaly.timestamp)
    const { status } = anomaly.additionalContext
    if (worstAnomaly === null || !isWorse(worstAnomaly.status, status))
      worstAnomaly = { status, description: anomaly.description }
  }

  return {
    count,
    tally: () => ({
      statuses,
      judged,
      firstTime,
      lastTime: last?.timestamp ?? null,
      lastStatus: last?.status ?? null,
      worst,
      worstAnomaly: worstAnomaly?.description ?? null,
      anomalies,
      predicted,
      lastPrediction: last?.prediction ?? null,
      predictionReason: last?.prediction_reason ?? null,
    }),
  }
}
