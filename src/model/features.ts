import type { Deviations, Parameter } from '../pump/quantities.ts'
import { type Feature, parseFeatureName } from './feature-names.ts'
import { statisticOf } from './statistics.ts'

/** What the features need of one judged reading. */
export interface FeaturePoint {
  /** Milliseconds since 1970-01-01 UTC. */
  readonly timeMs: number
  /** Canonical quantities and channels by name, null where not measured; of a name that stands twice the first counts. */
  readonly values: readonly Values[]
  readonly deviations: Deviations
}

type Values = Readonly<Record<string, number | null>>

/** The point of a reading that was judged; what the judge measured or derived comes before what the file says. */
export function featurePointOf(
  reading: { readonly timeMs: number; readonly quantities: Values; readonly channels: Values },
  judgement: { readonly measured: Values; readonly deviations: Deviations },
): FeaturePoint {
  const values = [judgement.measured, reading.quantities, reading.channels]
  return { timeMs: reading.timeMs, values, deviations: judgement.deviations }
}

/** A row of features, or why there is none; `history` counts the readings seen so far, over all cron runs. */
export type FeatureRow =
  | { readonly kind: 'ready'; readonly values: Float64Array; readonly history: number }
  | { readonly kind: 'missing'; readonly reason: string; readonly history: number }

/** What the next run must know of the readings before it; JSON, and exact after a round trip. */
export interface FeatureHistory {
  readonly readings: number
  /** Event times of the newest readings, oldest first, as many as the longest window. */
  readonly times_ms: readonly number[]
  /** Their values by signal (`flow`, `flow.deviation`, `vibration`…), aligned to `times_ms`; null where not measured. */
  readonly signals: Readonly<Record<string, readonly (number | null)[]>>
}

export interface Features {
  /** Takes the next reading and computes its features. Readings come in time order. */
  push(point: FeaturePoint): FeatureRow
  state(): FeatureHistory
}

/** Something that windows are taken of. */
interface Signal {
  readonly key: string
  readonly source: string
  readonly deviation: boolean
  /** Oldest first, NaN where not measured; valid up to the shared `length`. */
  readonly series: Float64Array
}

/**
 * The features of a stream of readings, the same in training and on the device.
 *
 * Windows count readings, not time. Every window is computed afresh, oldest reading first, so one batch,
 * single rows, or any batches with state kept in between give equal bits: running sums would drift.
 *
 * @param names features of the catalogue, in the model's order
 * @param saved state of the run before; null at the first one
 * @throws RangeError for a name that is not in the catalogue; `checkFeatureNames` finds it before that
 */
export function createFeatures(names: readonly string[], saved: FeatureHistory | null): Features {
  const features = names.map(parsed)
  const window = features.reduce((longest, feature) => Math.max(longest, feature.window), 1)
  const capacity = window + Math.max(window, 256)
  const times = new Float64Array(capacity)
  const signals = signalsOf(features, capacity)
  const signalOf = features.map((feature) => signals.findIndex(({ key }) => key === keyOf(feature)))

  const kept = Math.min(saved?.times_ms.length ?? 0, window)
  for (let i = 0; i < kept; i++) times[i] = saved?.times_ms.at(i - kept) as number
  for (const { key, series } of signals) {
    const before = saved?.signals[key] ?? []
    for (let i = 0; i < kept; i++) series[i] = before.at(i - kept) ?? Number.NaN
  }
  let length = kept
  let readings = saved?.readings ?? 0

  /** Windows stay contiguous: at the end of the buffer the newest readings move to its start. */
  const makeRoom = (): void => {
    if (length < capacity) return
    times.copyWithin(0, length - window, length)
    for (const { series } of signals) series.copyWithin(0, length - window, length)
    length = window
  }

  return {
    push(point) {
      makeRoom()
      times[length] = point.timeMs
      for (const { source, deviation, series } of signals) {
        const value = signalValue(point, source, deviation)
        // Adding zero turns −0 into 0, which JSON would do between runs.
        series[length] = value !== null && Number.isFinite(value) ? value + 0 : Number.NaN
      }
      length += 1
      readings += 1

      const values = new Float64Array(features.length)
      for (const [index, feature] of features.entries()) {
        if (feature.window > length) return missing(`${feature.name} needs ${feature.window} readings, there are ${length}`)
        const { series, key } = signals[signalOf[index] as number] as Signal
        const value = statisticOf(feature.statistic, series, times, length - feature.window, length)
        if (Number.isNaN(value)) return missing(whyNot(feature, key, series, length))
        values[index] = value
      }
      return { kind: 'ready', values, history: readings }
    },
    state() {
      const start = Math.max(0, length - window)
      const recorded = ({ key, series }: Signal) => [
        key,
        Array.from(series.subarray(start, length), (value) => (Number.isNaN(value) ? null : value)),
      ]
      return { readings, times_ms: [...times.subarray(start, length)], signals: Object.fromEntries(signals.map(recorded)) }
    },
  }

  function missing(reason: string): FeatureRow {
    return { kind: 'missing', reason, history: readings }
  }
}

/** What a reading says of a quantity or a channel, or its deviation; null where there is none. */
export function signalValue({ values: all, deviations }: FeaturePoint, source: string, isDeviation: boolean): number | null {
  if (isDeviation) return deviations[source as Parameter]
  for (const values of all) if (Object.hasOwn(values, source)) return values[source] ?? null
  return null
}

function parsed(name: string): Feature {
  const feature = parseFeatureName(name)
  if (feature !== null) return feature
  throw new RangeError(`"${name}" is not in the feature catalogue`)
}

function keyOf({ source, deviation }: Feature): string {
  return deviation ? `${source}.deviation` : source
}

function signalsOf(features: readonly Feature[], capacity: number): Signal[] {
  const byKey = new Map<string, Signal>()
  for (const feature of features) {
    const key = keyOf(feature)
    const { source, deviation } = feature
    if (!byKey.has(key)) byKey.set(key, { key, source, deviation, series: new Float64Array(capacity) })
  }
  return [...byKey.values()]
}

function whyNot(feature: Feature, key: string, series: Float64Array, length: number): string {
  let gaps = 0
  for (let i = length - feature.window; i < length; i++) if (Number.isNaN(series[i])) gaps += 1
  if (gaps === 0) return `${feature.name} cannot be computed: the readings carry one and the same time, or overflow`
  if (feature.window === 1) return `${feature.name} was not measured`
  return `${feature.name} needs ${feature.window} readings, ${key} was not measured in ${gaps} of them`
}
