import { InputFailure } from '../failure.ts'
import { datasetOf } from './dataset.ts'
import type { Detector } from './detector.ts'
import type { Signal } from './healthy-signals.ts'
import { rounded } from './metrics.ts'
import { fitPcaDetector } from './pca-detector.ts'
import type { Run } from './run-points.ts'
import { alarmsOf, scoresOf, thresholdOf } from './score-threshold.ts'
import { fitShiftDetector, type LeastShifts, toleranceOf } from './shift-detector.ts'

/** The class that every reading of healthy data belongs to. */
export const HEALTHY = 'normal'

/** Which detector is fitted, and how. */
export interface LearningOf {
  readonly detector: 'shift' | 'pca'
  readonly least: LeastShifts
}

export interface HealthyData {
  /** The first file, for messages. */
  readonly where: string
  readonly runs: readonly Run[]
  readonly signals: readonly Signal[]
}

export interface AnomalyModel extends Detector {
  readonly threshold: number
  /** Rows that it was fitted to. */
  readonly rows: number
  /** Signals that never move, and so are not in it. */
  readonly still: readonly string[]
}

/** Fits a detector and its threshold to healthy data alone. Throws an InputFailure where there is too little of it. */
export async function fitAnomalyModel(
  { where, runs, signals }: HealthyData,
  { detector: kind, least }: LearningOf,
): Promise<AnomalyModel> {
  const tooLittle = (what: string) => new InputFailure({ where, what, mend: 'give more healthy readings, or check the columns' })
  const moves = (signal: Signal) => toleranceOf(signal, least[signal.source]) > 0
  const moving = signals.filter(moves)
  const keys = moving.map(({ key }) => key)
  if (moving.length === 0) throw tooLittle('has no signal that moves')
  const plain = datasetOf(runs, keys, HEALTHY)
  if (plain.rows < 2 * keys.length) throw tooLittle(`has ${plain.rows} whole rows of ${keys.length} signals`)
  const detector = kind === 'shift' ? fitShiftDetector(moving, least) : fitPcaDetector(plain)
  const dataset = datasetOf(runs, detector.scaler.features, HEALTHY)
  if (dataset.rows === 0) throw tooLittle(`has no row with full windows (${plain.rows} readings in all)`)
  const threshold = thresholdOf(await scoresOf(detector, dataset), dataset)
  const still = signals.filter((signal) => !moves(signal)).map(({ key }) => key)
  return { ...detector, threshold, rows: dataset.rows, still }
}

/** Learns on the first three quarters of each run and counts alarms in the last one; null where there is too little. */
export async function laterAlarms(
  data: HealthyData,
  learning: LearningOf,
): Promise<{ readonly rows: number; readonly alarm_share: number } | null> {
  const cut = (length: number) => Math.floor(length * 0.75)
  const first = {
    ...data,
    runs: data.runs.map((run) => ({ ...run, points: run.points.slice(0, cut(run.points.length)) })),
    signals: data.signals.map((signal) => ({ ...signal, series: signal.series.map((run) => run.subarray(0, cut(run.length))) })),
  }
  let model: AnomalyModel
  try {
    model = await fitAnomalyModel(first, learning)
  } catch (error) {
    if (error instanceof InputFailure) return null
    throw error
  }
  const all = datasetOf(data.runs, model.scaler.features, HEALTHY)
  const alarms = alarmsOf(await scoresOf(model, all), all, model.threshold)
  const from = data.runs.map(({ points }) => points[cut(points.length)]?.point.timeMs ?? Number.POSITIVE_INFINITY)
  const later = [...alarms].filter((_, row) => (all.timesMs[row] as number) >= (from[all.runs[row] as number] as number))
  return later.length === 0 ? null : { rows: later.length, alarm_share: rounded(later.filter(Boolean).length / later.length) }
}
