import type { ScalerParameters } from '../model/metadata.ts'
import { binned } from './bins.ts'
import type { Dataset } from './dataset.ts'
import { balancedWeights, type Forest, type ForestSettings, growForest } from './forest.ts'
import { fitScaler, scaledMatrix } from './scaler-fit.ts'
import { classTarget } from './target.ts'

export interface TrainingSettings extends Omit<ForestSettings, 'featuresPerSplit'> {
  /** `balanced`: every class counts the same in all; `none`: every row does. */
  readonly classWeight: 'balanced' | 'none'
}

export interface TrainedForest {
  readonly forest: Forest
  readonly scaler: ScalerParameters
  /** Row-major scaled training matrix. */
  readonly matrix: Float32Array
  /** Row-major; NaN where every tree saw the row. */
  readonly outOfBag: Float64Array
}

/** Fits scaler and forest to a dataset. */
export function trainForest(dataset: Dataset, settings: TrainingSettings): TrainedForest {
  const scaler = fitScaler(dataset)
  const matrix = scaledMatrix(dataset, scaler)
  const classes = dataset.classes.length
  const weights =
    settings.classWeight === 'balanced' ? balancedWeights(dataset.labels, classes) : new Float64Array(dataset.rows).fill(1)
  const featuresPerSplit = Math.max(1, Math.round(Math.sqrt(dataset.features.length)))
  const target = classTarget(dataset.labels, classes)
  const task = { matrix, bins: binned(matrix, dataset.features.length), target, runs: dataset.runs, weights }
  return { ...growForest(task, { ...settings, featuresPerSplit }), scaler, matrix }
}
