import { signalValue } from '../model/features.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import type { Columns } from '../readings/columns.ts'
import type { Run } from './run-points.ts'

/** Something that a healthy pump was measured by, over all runs. */
export interface Signal {
  /** Its name in the feature catalogue: `flow.deviation`, `vibration`… */
  readonly key: string
  /** Quantity or channel. */
  readonly source: string
  /** Judged quantities are compared with their baseline: in points of percent, around zero. */
  readonly isDeviation: boolean
  /** One series per run, in time order, without gaps. */
  readonly series: readonly Float64Array[]
}

/** Share of the readings that must carry a signal; without it the device would mostly have no score. */
const LEAST_SHARE = 0.95

/**
 * The signals of healthy runs: the deviation of each parameter that has a baseline, and every other quantity and
 * channel of the columns as it is. `sparse` names those that too many readings lack.
 */
export function healthySignals(runs: readonly Run[], columns: Columns): { signals: Signal[]; sparse: string[] } {
  const judged = PARAMETERS.map((source) => ({ source: source as string, key: `${source}.deviation`, isDeviation: true }))
  const named = [...Object.keys(columns.quantities), ...Object.keys(columns.channels)]
  const plain = named.map((source) => ({ source, key: source, isDeviation: false }))
  const all = [...judged, ...plain].map((signal) => ({ ...signal, series: runs.map((run) => seriesOf(run, signal)) }))
  const rows = runs.reduce((sum, { points }) => sum + points.length, 0)
  const share = ({ series }: Signal) => series.reduce((sum, { length }) => sum + length, 0) / rows
  const withBaseline = new Set(all.filter((signal) => signal.isDeviation && share(signal) > 0).map(({ source }) => source))
  const wanted = all.filter(({ isDeviation, source }) => withBaseline.has(source) === isDeviation)
  return {
    signals: wanted.filter((signal) => share(signal) >= LEAST_SHARE),
    sparse: wanted.filter((signal) => share(signal) < LEAST_SHARE).map(({ key }) => key),
  }
}

function seriesOf({ points }: Run, { source, isDeviation }: Omit<Signal, 'series'>): Float64Array {
  const values = points.map(({ point }) => signalValue(point, source, isDeviation))
  return Float64Array.from(values.filter((value) => typeof value === 'number' && Number.isFinite(value)))
}
