import { calibrated } from '../model/calibration.ts'
import { modelLife } from '../model/rul.ts'
import type { Dataset } from './dataset.ts'
import { predictForest } from './forest.ts'
import { bestClass } from './metrics.ts'
import { scaledMatrix } from './scaler-fit.ts'
import type { TrainedModel } from './trained-model.ts'

/** What a model says of every row of a dataset. */
export interface Answers {
  /** Row-major, classes per row. */
  readonly probabilities: Float32Array
  /** The same after calibration, class by class; they need not add up to one. */
  readonly calibrated: Float64Array
  /** As the forest says it; null without a forest for it. */
  readonly rulDays: Float32Array | null
}

export function answersOf({ scaler, classifier, calibration, rul }: TrainedModel, dataset: Dataset): Answers {
  const width = dataset.features.length
  const { classes } = dataset
  const matrix = scaledMatrix(dataset, scaler)
  const probabilities = predictForest(classifier, matrix, width)
  const curves = classes.map((name) => calibration[name])
  return {
    probabilities,
    calibrated: Float64Array.from(probabilities, (probability, i) => {
      const curve = curves[i % classes.length]
      return curve === undefined ? probability : calibrated(probability, curve)
    }),
    rulDays: rul === null ? null : predictForest(rul.forest, matrix, width),
  }
}

/** Confidence and remaining useful life from which a prediction is reported, as the deployment's defaults have it. */
export interface ReportingRule {
  readonly failure: ReadonlySet<number>
  readonly minConfidence: number
  /** null: whatever the remaining useful life. */
  readonly maxRulDays: number | null
}

/** Whether the device would report a row for the model alone. */
export function isReported(
  answers: Answers,
  model: TrainedModel,
  classes: number,
  rule: ReportingRule,
): (row: number) => boolean {
  return (row) => {
    const best = bestClass(answers.probabilities, row, classes)
    if (!rule.failure.has(best) || (answers.calibrated[row * classes + best] as number) <= rule.minConfidence) return false
    if (rule.maxRulDays === null) return true
    if (answers.rulDays === null || model.rul === null) return false
    const { rul_days: days } = modelLife(answers.rulDays[row] as number, model.rul.scale)
    return days !== null && days < rule.maxRulDays
  }
}
