import { type AlarmMetrics, alarmMetrics } from './alarms.ts'
import { type Answers, isReported } from './answers.ts'
import type { Dataset } from './dataset.ts'
import { type ClassMetrics, classMetrics } from './metrics.ts'
import { type RulMetrics, rulMetrics } from './rul-metrics.ts'
import { scaledMatrix } from './scaler-fit.ts'
import type { TrainedModel } from './trained-model.ts'
import { alwaysTheShares, nearestMean } from './trivial.ts'

/** What answers are worth on runs that the model had not seen. */
export interface Evaluation {
  /** As the model says it. */
  readonly held_out: ClassMetrics
  /** After calibration. */
  readonly calibrated: ClassMetrics
  /** After calibration, in the last 30 days before failure only; null without such rows. */
  readonly calibrated_near_failure: ClassMetrics | null
  /** null where no file tells the remaining useful life. */
  readonly rul: RulMetrics | null
  /** Announcing a failure class: confidence over 0.7, whatever the remaining useful life. */
  readonly announced: AlarmMetrics | null
  /** Reporting it: also less than 7 days to live. */
  readonly reported: AlarmMetrics | null
}

/** Models that need no training worth the name, measured alike. */
export interface TrivialModels {
  readonly always_the_shares: ClassMetrics
  readonly nearest_mean: ClassMetrics
}

/** The deployment's defaults `min_confidence` and `max_rul_days`. */
export const DEFAULT_RULE = { minConfidence: 0.7, maxRulDays: 7 } as const
const NEAR_DAYS = 30

export function evaluate(answers: Answers, unseen: Dataset, normal: string, horizonDays: number): Evaluation {
  const { classes, labels, rulDays } = unseen
  const rule = { failure: failureClasses(unseen, normal), ...DEFAULT_RULE }
  const alarms = (maxRulDays: number | null) => alarmMetrics(unseen, isReported(answers, classes.length, { ...rule, maxRulDays }))
  const knowsLives = rulDays.some((days) => !Number.isNaN(days))
  return {
    held_out: classMetrics(answers.probabilities, labels, classes),
    calibrated: classMetrics(answers.calibrated, labels, classes),
    calibrated_near_failure: metricsWhere(answers.calibrated, unseen, (row) => (rulDays[row] as number) <= NEAR_DAYS),
    rul: rulMetrics(rulDays, answers.lives, horizonDays),
    announced: knowsLives ? alarms(null) : null,
    reported: knowsLives ? alarms(rule.maxRulDays) : null,
  }
}

/** Every class but the healthy one announces a failure. */
export function failureClasses({ classes }: Dataset, normal: string): ReadonlySet<number> {
  return new Set(classes.flatMap((name, c) => (name === normal ? [] : [c])))
}

/** Estimated from the trees that did not see a row; null when every tree saw every row. */
export function outOfBagMetrics({ outOfBag }: TrainedModel, seen: Dataset): ClassMetrics | null {
  return metricsWhere(outOfBag, seen, (row) => !Number.isNaN(outOfBag[row * seen.classes.length] as number))
}

/** Trivial answers to rows that were not seen, row-major. */
export function trivialAnswers(model: TrainedModel, seen: Dataset, unseen: Dataset): Record<keyof TrivialModels, Float64Array> {
  const { classes, features, rows } = unseen
  const trained = { matrix: model.matrix, labels: seen.labels }
  return {
    always_the_shares: alwaysTheShares(seen.labels, rows, classes.length),
    nearest_mean: nearestMean(trained, scaledMatrix(unseen, model.scaler), features.length, classes.length),
  }
}

export function trivialMetrics(answers: Record<keyof TrivialModels, Float64Array>, { labels, classes }: Dataset): TrivialModels {
  return {
    always_the_shares: classMetrics(answers.always_the_shares, labels, classes),
    nearest_mean: classMetrics(answers.nearest_mean, labels, classes),
  }
}

/** Metrics of some rows; null when none fits. */
function metricsWhere(
  probabilities: Float64Array,
  { labels, classes }: Dataset,
  fits: (row: number) => boolean,
): ClassMetrics | null {
  const rows = [...labels.keys()].filter(fits)
  if (rows.length === 0) return null
  const width = classes.length
  const kept = new Float64Array(rows.length * width)
  for (const [to, from] of rows.entries()) kept.set(probabilities.subarray(from * width, (from + 1) * width), to * width)
  return classMetrics(
    kept,
    Uint8Array.from(rows, (row) => labels[row] as number),
    classes,
  )
}
