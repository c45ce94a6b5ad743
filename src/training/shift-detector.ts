import type { Detector } from './detector.ts'
import type { Signal } from './healthy-signals.ts'
import { floatConstant, int, intConstant, ints, node, onnxBytes, rowsOf } from './onnx-graph.ts'

/** Readings whose mean is compared with health. */
const BLOCK = 25
/** Blocks that are looked at, the newest included: the last 200 readings. */
const BLOCKS = 8

/** A judged quantity may shift by this share of the scatter of its readings… */
const JUDGED_SCATTERS = 0.7
/** …and by so many points of deviation in any case: flow meters do not repeat better. */
const JUDGED_POINTS = 0.8
/** Any other signal may shift by so many deviations of its own healthy blocks… */
const PLAIN_BLOCK_SCATTERS = 5
/** …and by this share of its mean in any case. */
const PLAIN_SHARE = 0.05

/** Once an excursion has fallen to this share of its height it counts as over: pumps do not return to the old mean to the point. */
const OVER = 0.3

/** Least shift that counts, in the signal's own unit, by name; it replaces the shares of the mean. */
export type LeastShifts = Readonly<Record<string, number>>

/**
 * A detector of lasting shifts, signal by signal:
 *
 *     score = max over the signals of |m₁| / max(tolerance, 0.3 · max(|m₂|…|m₈|))
 *
 * where m₁ is how far the mean of the last 25 readings lies from the healthy mean, and m₂…m₈ are those of the blocks of
 * 25 readings before it. Over 1, some signal has left its tolerance. The greatest share counts instead of a sum of
 * squares, so that a signal that says nothing does not dilute one that does. Source: ours; the constants were chosen on
 * SKAB valve1 and its run without anomalies (src/training/README.md).
 */
export function fitShiftDetector(signals: readonly Signal[], least: LeastShifts): Detector {
  const features = signals.flatMap(({ key }) => Array.from({ length: BLOCKS }, (_, k) => `${key}.mean${BLOCK * (k + 1)}`))
  const healthy = signals.map((signal) => ({ mean: meanOf(signal), tolerance: toleranceOf(signal, least[signal.source]) }))
  const perFeature = (of: (signal: (typeof healthy)[number]) => number) =>
    healthy.flatMap((signal) => new Array<number>(BLOCKS).fill(of(signal)))
  return {
    scaler: { features, mean: perFeature(({ mean }) => mean), scale: perFeature(({ tolerance }) => tolerance) },
    onnx: shiftGraph(signals.length),
    says: healthy.map(({ mean, tolerance }, i) => `${signals[i]?.key}: ${short(mean)} ± ${short(tolerance)}`),
  }
}

/** How far a block of a signal may lie from the healthy mean; 0 where nothing tells. */
export function toleranceOf(signal: Signal, least: number | undefined): number {
  const { isDeviation, series } = signal
  const values = series.flatMap((run) => [...run])
  if (isDeviation) return Math.max(least ?? JUDGED_POINTS, JUDGED_SCATTERS * scatter(values))
  const blocks = series.flatMap((run) => blockMeans(run))
  return Math.max(least ?? PLAIN_SHARE * Math.abs(meanOf(signal)), PLAIN_BLOCK_SCATTERS * scatter(blocks))
}

function blockMeans(run: Float64Array): number[] {
  return Array.from({ length: Math.floor(run.length / BLOCK) }, (_, i) => mean(run.subarray(i * BLOCK, (i + 1) * BLOCK)))
}

/**
 * Input [N, signals · 8]: means of the last 25, 50, … 200 readings, less the healthy mean, in tolerances. The means of
 * single blocks follow from neighbours: block k = k · mean(25k) − (k−1) · mean(25(k−1)). Only element-wise operators, so a
 * row has the same score to the bit alone, among others and on every processor.
 */
function shiftGraph(signals: number): Uint8Array {
  const counts = Array.from({ length: BLOCKS }, (_, k) => k + 1)
  const constants = [
    intConstant('by_signal', [-1, signals, BLOCKS]),
    floatConstant('counts', [BLOCKS], counts),
    floatConstant('over', [1], [OVER]),
    floatConstant('one', [1], [1]),
    intConstant('axis', [2]),
    intConstant('first', [0]),
    intConstant('second', [1]),
    intConstant('last', [BLOCKS - 1]),
    intConstant('end', [BLOCKS]),
  ]
  const nodes = [
    node('Reshape', ['input', 'by_signal'], ['means']),
    node('Mul', ['means', 'counts'], ['sums']),
    node('Slice', ['sums', 'second', 'end', 'axis'], ['longer']),
    node('Slice', ['sums', 'first', 'last', 'axis'], ['shorter']),
    node('Sub', ['longer', 'shorter'], ['earlier']),
    node('Abs', ['earlier'], ['excursions']),
    node('ReduceMax', ['excursions'], ['highest'], [ints('axes', [2]), int('keepdims', 1)]),
    node('Mul', ['highest', 'over'], ['nearly_over']),
    node('Max', ['nearly_over', 'one'], ['allowed']),
    node('Slice', ['sums', 'first', 'second', 'axis'], ['newest']),
    node('Abs', ['newest'], ['shift']),
    node('Div', ['shift', 'allowed'], ['shares']),
    node('ReduceMax', ['shares'], ['score'], [ints('axes', [1]), int('keepdims', 0)]),
  ]
  return onnxBytes({
    name: 'pump-monitor-shift',
    nodes,
    inputs: [rowsOf('FLOAT', 'input', signals * BLOCKS)],
    outputs: [rowsOf('FLOAT', 'score', 1)],
    constants,
  })
}

function meanOf({ series }: Signal): number {
  return mean(series.flatMap((run) => [...run]))
}

function mean(values: Float64Array | readonly number[]): number {
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Standard deviation of a sample; 0 of fewer than two. */
function scatter(values: readonly number[]): number {
  if (values.length < 2) return 0
  const centre = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1))
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)))
}
