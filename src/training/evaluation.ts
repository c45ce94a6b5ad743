import { type AlarmMetrics, alarmMetrics } from './alarms.ts'
import { type Answers, answersOf, isReported } from './answers.ts'
import type { Dataset } from './dataset.ts'
import { type ClassMetrics, classMetrics } from './metrics.ts'
import { type RulMetrics, rulMetrics } from './rul-metrics.ts'
import { scaledMatrix } from './scaler-fit.ts'
import type { TrainedModel } from './trained-model.ts'
import { alwaysTheShares, nearestMean } from './trivial.ts'

/** What a model achieves on runs that it has not seen, beside models that need no training. */
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
  /** Estimated from the trees that did not see a row; null when every tree saw every row. */
  readonly out_of_bag: ClassMetrics | null
  readonly trivial: { readonly always_the_shares: ClassMetrics; readonly nearest_mean: ClassMetrics }
}

/** The deployment's defaults `min_confidence` and `max_rul_days`. */
const MIN_CONFIDENCE = 0.7
const MAX_RUL_DAYS = 7
const NEAR_DAYS = 30

export function evaluateModel(model: TrainedModel, seen: Dataset, unseen: Dataset, normal: string): Evaluation {
  const { classes, features, labels, rulDays } = unseen
  const answers = answersOf(model, unseen)
  const failure = new Set(classes.flatMap((name, c) => (name === normal ? [] : [c])))
  const alarms = (maxRulDays: number | null) =>
    alarmMetrics(unseen, isReported(answers, model, classes.length, { failure, minConfidence: MIN_CONFIDENCE, maxRulDays }))
  const knowsLives = rulDays.some((days) => !Number.isNaN(days))
  const nearest = nearestMean(
    { matrix: model.matrix, labels: seen.labels },
    scaledMatrix(unseen, model.scaler),
    features.length,
    classes.length,
  )
  return {
    held_out: classMetrics(answers.probabilities, labels, classes),
    calibrated: classMetrics(answers.calibrated, labels, classes),
    calibrated_near_failure: nearFailure(answers, unseen),
    rul: model.rul === null || answers.rulDays === null ? null : rulMetrics(unseen, answers.rulDays, model.rul.scale),
    announced: knowsLives ? alarms(null) : null,
    reported: knowsLives ? alarms(MAX_RUL_DAYS) : null,
    out_of_bag: metricsWhere(model.outOfBag, seen, (row) => !Number.isNaN(model.outOfBag[row * classes.length] as number)),
    trivial: {
      always_the_shares: classMetrics(alwaysTheShares(seen.labels, unseen.rows, classes.length), labels, classes),
      nearest_mean: classMetrics(nearest, labels, classes),
    },
  }
}

function nearFailure(answers: Answers, unseen: Dataset): ClassMetrics | null {
  return metricsWhere(answers.calibrated, unseen, (row) => (unseen.rulDays[row] as number) <= NEAR_DAYS)
}

/** Metrics of some rows; null when none fits. */
function metricsWhere(
  probabilities: ArrayLike<number>,
  { labels, classes }: Dataset,
  fits: (row: number) => boolean,
): ClassMetrics | null {
  const rows = [...labels.keys()].filter(fits)
  if (rows.length === 0) return null
  const width = classes.length
  const kept = new Float64Array(rows.length * width)
  for (const [to, from] of rows.entries()) {
    for (let c = 0; c < width; c++) kept[to * width + c] = probabilities[from * width + c] as number
  }
  return classMetrics(
    kept,
    Uint8Array.from(rows, (row) => labels[row] as number),
    classes,
  )
}
