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
  readonly probabilities: Float64Array
  /** The same after calibration, class by class; they need not add up to one. */
  readonly calibrated: Float64Array
  readonly lives: Lives
}

/** Remaining useful life per row [d]; NaN where the model claims none, Infinity for an open end. */
export interface Lives {
  readonly days: Float64Array
  readonly low: Float64Array
  readonly high: Float64Array
}

/** Room for the answers to so many rows; nothing is claimed yet. */
export function emptyAnswers(rows: number, classes: number): Answers {
  const unknown = () => new Float64Array(rows).fill(Number.NaN)
  const perClass = () => new Float64Array(rows * classes)
  return { probabilities: perClass(), calibrated: perClass(), lives: { days: unknown(), low: unknown(), high: unknown() } }
}

export function answersOf({ scaler, classifier, calibration, rul }: TrainedModel, dataset: Dataset): Answers {
  const width = dataset.features.length
  const { classes, rows } = dataset
  const matrix = scaledMatrix(dataset, scaler)
  const answers = emptyAnswers(rows, classes.length)
  answers.probabilities.set(predictForest(classifier, matrix, width))
  const curves = classes.map((name) => calibration[name])
  for (const [i, probability] of answers.probabilities.entries()) {
    const curve = curves[i % classes.length]
    answers.calibrated[i] = curve === undefined ? probability : calibrated(probability, curve)
  }
  if (rul === null) return answers
  const { days, low, high } = answers.lives
  for (const [row, predicted] of predictForest(rul.forest, matrix, width).entries()) {
    const life = modelLife(predicted, rul.scale)
    if (life.rul_days === null || life.rul_interval === null) continue
    days[row] = life.rul_days
    low[row] = life.rul_interval[0]
    high[row] = life.rul_interval[1] ?? Number.POSITIVE_INFINITY
  }
  return answers
}

/** Confidence and remaining useful life from which a prediction is reported. */
export interface ReportingRule {
  /** Classes that announce a failure, by index. */
  readonly failure: ReadonlySet<number>
  readonly minConfidence: number
  /** null: whatever the remaining useful life. */
  readonly maxRulDays: number | null
}

/** Whether the device would report a row for the model alone. */
export function isReported(
  { probabilities, calibrated: confidence, lives }: Answers,
  classes: number,
  rule: ReportingRule,
): (row: number) => boolean {
  return (row) => {
    const best = bestClass(probabilities, row, classes)
    if (!rule.failure.has(best) || (confidence[row * classes + best] as number) <= rule.minConfidence) return false
    return rule.maxRulDays === null || (lives.days[row] as number) < rule.maxRulDays
  }
}
