import type { CalibrationCurve } from '../model/calibration.ts'
import type { ScalerParameters } from '../model/metadata.ts'
import type { RulScale } from '../model/rul.ts'
import { binned } from './bins.ts'
import { fitCalibration } from './calibration-fit.ts'
import type { Dataset } from './dataset.ts'
import { balancedWeights, type Forest, type ForestSettings } from './forest.ts'
import { growForestOn } from './parallel-forest.ts'
import { cappedLives, fitRulScale } from './rul-fit.ts'
import { fitScaler, scaledMatrix } from './scaler-fit.ts'
import { classTarget, valueTarget } from './target.ts'

export interface TrainingSettings extends Omit<ForestSettings, 'featuresPerSplit'> {
  /** `balanced`: every class counts the same in all; `none`: every row does. */
  readonly classWeight: 'balanced' | 'none'
  /** Longest remaining useful life that is learnt [d]. */
  readonly rulHorizonDays: number
}

/** Everything that training makes of a dataset. */
export interface TrainedModel {
  readonly scaler: ScalerParameters
  /** Row-major scaled training matrix. */
  readonly matrix: Float32Array
  readonly classifier: Forest
  /** Class probabilities of the trees that did not see a row, row-major; NaN where every tree saw it. */
  readonly outOfBag: Float64Array
  readonly calibration: Readonly<Record<string, CalibrationCurve>>
  /** null: the data tell no remaining useful life. */
  readonly rul: { readonly forest: Forest; readonly scale: RulScale } | null
}

/** How training is done, without a say in what comes out. */
export interface TrainingEffort {
  readonly threads: number
  /** Hears now and then which share of a forest stands. */
  readonly onProgress: (what: string, share: number) => void
}

/** Depth of the trees that learn the remaining useful life: deeper ones follow single runs and make large files. */
const RUL_DEPTH = 8
/** Keeps the draws of the second forest apart from those of the first. */
const RUL_SEED = 1_000_003

/** Fits scaler, forests, calibration and intervals to a dataset; the last two on what the trees had not seen. */
export async function trainModel(dataset: Dataset, settings: TrainingSettings, effort: TrainingEffort): Promise<TrainedModel> {
  const { labels, classes, runs } = dataset
  const width = dataset.features.length
  const scaler = fitScaler(dataset)
  const matrix = scaledMatrix(dataset, scaler)
  const bins = binned(matrix, width)
  const equal = new Float64Array(dataset.rows).fill(1)
  const weights = settings.classWeight === 'balanced' ? balancedWeights(labels, classes.length) : equal
  const task = { matrix, bins, runs }
  const onTree = (what: string) => (grown: number) => effort.onProgress(what, grown / settings.trees)
  const classifier = await growForestOn(
    effort.threads,
    { ...task, weights, target: classTarget(labels, classes.length) },
    { ...settings, featuresPerSplit: Math.max(1, Math.round(Math.sqrt(width))) },
    onTree('classes'),
  )
  const calibration = fitCalibration(classifier.outOfBag, labels, classes)
  const trained = { scaler, matrix, classifier: classifier.forest, outOfBag: classifier.outOfBag, calibration }
  if (dataset.rulDays.every(Number.isNaN)) return { ...trained, rul: null }

  const lives = cappedLives(dataset, settings.rulHorizonDays)
  const regressor = await growForestOn(
    effort.threads,
    { ...task, weights: equal, target: valueTarget(lives) },
    {
      ...settings,
      seed: (settings.seed + RUL_SEED) % 2 ** 31,
      maxDepth: Math.min(settings.maxDepth, RUL_DEPTH),
      featuresPerSplit: Math.max(1, Math.round(width / 3)),
    },
    onTree('remaining useful life'),
  )
  const scale = fitRulScale(regressor.outOfBag, lives, settings.rulHorizonDays)
  return { ...trained, rul: scale === null ? null : { forest: regressor.forest, scale } }
}
