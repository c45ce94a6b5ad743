import * as ort from 'onnxruntime-node'
import { isScoreAlarm, type RecentScores, rememberScore, scoreLevel } from '../anomaly/score-alarm.ts'
import { type Dataset, rowsByRun } from './dataset.ts'
import type { Detector } from './detector.ts'
import { scaledMatrix } from './scaler-fit.ts'

/** Room above the highest level of the healthy readings that were learnt: others will be a little higher. */
const ROOM = 1.1

/** The detector's scores of a dataset's rows, by ONNX Runtime as on the device. */
export async function scoresOf({ onnx, scaler }: Detector, dataset: Dataset): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(onnx, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const dims = [dataset.rows, dataset.features.length]
  const { score } = await session.run({ input: new ort.Tensor('float32', scaledMatrix(dataset, scaler), dims) }, ['score'])
  return score?.data as Float32Array
}

/** The detector's own limit, raised where even the healthy rows would have passed it: threshold = max(1, 1.1 · their highest level). */
export function thresholdOf(scores: Float32Array, healthy: Dataset): number {
  let highest = 0
  for (const { level } of levelsOf(scores, healthy)) highest = Math.max(highest, level ?? 0)
  return Math.max(1, Math.round(ROOM * highest * 1e4) / 1e4)
}

/** 1 where the device would raise an alarm, row by row. */
export function alarmsOf(scores: Float32Array, dataset: Dataset, threshold: number): Uint8Array {
  const alarms = new Uint8Array(dataset.rows)
  for (const { row, recent } of levelsOf(scores, dataset)) alarms[row] = isScoreAlarm(recent, threshold) ? 1 : 0
  return alarms
}

/** The scores behind each row and their level; every run starts anew. */
function* levelsOf(
  scores: Float32Array,
  dataset: Dataset,
): Generator<{ row: number; recent: RecentScores; level: number | null }> {
  for (const rows of rowsByRun(dataset).values()) {
    let recent: RecentScores = []
    for (const row of rows) {
      recent = rememberScore(recent, scores[row] as number)
      yield { row, recent, level: scoreLevel(recent) }
    }
  }
}
