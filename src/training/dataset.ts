import { createFeatures } from '../model/features.ts'
import type { Run } from './run-points.ts'

/** Rows of features with their truth, run after run. */
export interface Dataset {
  readonly features: readonly string[]
  readonly classes: readonly string[]
  readonly rows: number
  /** Row-major, not scaled. */
  readonly values: Float64Array
  /** Index into `classes`. */
  readonly labels: Uint8Array
  /** Run of each row; rows of one run are neighbours in time and must stay on one side of every split. */
  readonly runs: Int32Array
  readonly runNames: readonly string[]
  /** Event time [ms since 1970-01-01 UTC]. */
  readonly timesMs: Float64Array
  /** Remaining useful life [d]; NaN where unknown or without end. */
  readonly rulDays: Float64Array
  /** 1 where the status rule says Warning or worse, without any model. */
  readonly warned: Uint8Array
  /** Largest deviation of the row's own reading, without its sign [%]; 0 where nothing has a baseline. */
  readonly worstDeviations: Float64Array
}

/** Computes the features of every run by the device's own code. Rows without a label or with missing features are left out. */
export function datasetOf(runs: readonly Run[], features: readonly string[], normal: string): Dataset {
  const values: number[] = []
  const labels: string[] = []
  const rest = {
    runs: [] as number[],
    timesMs: [] as number[],
    rulDays: [] as number[],
    warned: [] as number[],
    worst: [] as number[],
  }
  for (const [index, { points }] of runs.entries()) {
    const stream = createFeatures(features, null)
    for (const { point, label, rulDays, isWarned } of points) {
      const row = stream.push(point)
      if (label === null || row.kind === 'missing') continue
      for (const value of row.values) values.push(value)
      labels.push(label)
      rest.runs.push(index)
      rest.timesMs.push(point.timeMs)
      rest.rulDays.push(rulDays ?? Number.NaN)
      rest.warned.push(isWarned ? 1 : 0)
      rest.worst.push(Math.max(0, ...Object.values(point.deviations).map((deviation) => Math.abs(deviation ?? 0))))
    }
  }
  const classes = classesOf(labels, normal)
  return {
    features,
    classes,
    rows: labels.length,
    values: Float64Array.from(values),
    labels: Uint8Array.from(labels, (label) => classes.indexOf(label)),
    runs: Int32Array.from(rest.runs),
    runNames: runs.map(({ name }) => name),
    timesMs: Float64Array.from(rest.timesMs),
    rulDays: Float64Array.from(rest.rulDays),
    warned: Uint8Array.from(rest.warned),
    worstDeviations: Float64Array.from(rest.worst),
  }
}

/** The normal class first, the others by name. */
function classesOf(labels: readonly string[], normal: string): string[] {
  const found = [...new Set(labels)].sort()
  return found.includes(normal) ? [normal, ...found.filter((label) => label !== normal)] : found
}

/** The rows of some runs. */
export function rowsOfRuns(dataset: Dataset, runs: ReadonlySet<number>): Dataset {
  const kept = Int32Array.from([...dataset.runs.keys()].filter((row) => runs.has(dataset.runs[row] as number)))
  const width = dataset.features.length
  const values = new Float64Array(kept.length * width)
  for (const [to, from] of kept.entries()) values.set(dataset.values.subarray(from * width, (from + 1) * width), to * width)
  return {
    ...dataset,
    rows: kept.length,
    values,
    labels: Uint8Array.from(kept, (row) => dataset.labels[row] as number),
    runs: Int32Array.from(kept, (row) => dataset.runs[row] as number),
    timesMs: Float64Array.from(kept, (row) => dataset.timesMs[row] as number),
    rulDays: Float64Array.from(kept, (row) => dataset.rulDays[row] as number),
    warned: Uint8Array.from(kept, (row) => dataset.warned[row] as number),
    worstDeviations: Float64Array.from(kept, (row) => dataset.worstDeviations[row] as number),
  }
}

/** Row numbers of each run, in time order. */
export function rowsByRun({ runs }: Dataset): Map<number, number[]> {
  const byRun = new Map<number, number[]>()
  for (const [row, run] of runs.entries()) {
    const rows = byRun.get(run)
    if (rows === undefined) byRun.set(run, [row])
    else rows.push(row)
  }
  return byRun
}
