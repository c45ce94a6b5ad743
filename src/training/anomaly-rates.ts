import type { CrossValidated } from './cross-validation.ts'
import type { Dataset } from './dataset.ts'
import { bestClass, rounded } from './metrics.ts'

/** Healthy or not, row by row, whatever the fault. */
export interface AnomalyRates {
  readonly f1: number
  /** False alarms per healthy row; null without such rows. */
  readonly false_alarm_rate: number | null
  /** Missed rows per anomalous row; null without such rows. */
  readonly missed_alarm_rate: number | null
}

/** The model beside rules that need none. */
export interface RatesBeside {
  readonly model: AnomalyRates
  /** Status Warning or worse by the grade alone; null where no grade was given. */
  readonly status_rule: AnomalyRates | null
  /** The newest reading's worst deviation lies beyond what 99 % of the healthy training rows keep. */
  readonly last_value: AnomalyRates
  readonly always_normal: AnomalyRates
  readonly always_anomaly: AnomalyRates
}

export function ratesBeside(
  { answers, lastValueAlarms }: CrossValidated,
  dataset: Dataset,
  { normal, hasGrade }: { readonly normal: string; readonly hasGrade: boolean },
): RatesBeside {
  const { classes } = dataset
  const healthy = classes.indexOf(normal)
  const of = (alarms: (row: number) => boolean) => anomalyRates(dataset.labels, healthy, alarms)
  return {
    model: of((row) => bestClass(answers.probabilities, row, classes.length) !== healthy),
    status_rule: hasGrade ? of((row) => dataset.warned[row] === 1) : null,
    last_value: of((row) => lastValueAlarms[row] === 1),
    always_normal: of(() => false),
    always_anomaly: of(() => true),
  }
}

/** F1 = 2·TP/(2·TP + FP + FN) of the anomalous rows; as in the protocol of SKAB. */
function anomalyRates(labels: Uint8Array, healthy: number, alarms: (row: number) => boolean): AnomalyRates {
  const counts = { found: 0, missed: 0, falsely: 0, quiet: 0 }
  for (const [row, label] of labels.entries()) {
    const isAlarm = alarms(row)
    counts[label === healthy ? (isAlarm ? 'falsely' : 'quiet') : isAlarm ? 'found' : 'missed'] += 1
  }
  const { found, missed, falsely, quiet } = counts
  const share = (part: number, rest: number) => (part + rest === 0 ? null : rounded(part / (part + rest)))
  return {
    f1: found === 0 ? 0 : rounded((2 * found) / (2 * found + falsely + missed)),
    false_alarm_rate: share(falsely, quiet),
    missed_alarm_rate: share(missed, found),
  }
}
