import { type AlarmMetrics, alarmMetrics, daysAhead } from './alarms.ts'
import { type Answers, isReported } from './answers.ts'
import type { Dataset } from './dataset.ts'
import { DEFAULT_RULE, failureClasses } from './evaluation.ts'
import { rounded } from './metrics.ts'

/** The model beside the status rule, which needs no training. */
export interface StatusComparison {
  /** Status Warning or worse, without any model. */
  readonly status: AlarmMetrics
  /** Median over the failing runs of how much earlier the model announces [d]; a run without an alarm counts as 0 days ahead. */
  readonly median_days_before_status: number | null
}

/** Days ahead of every failing run, by what announces. */
export interface DaysAhead {
  readonly announced: readonly number[]
  readonly reported: readonly number[]
  readonly status: readonly number[]
}

export function compareWithStatus(dataset: Dataset, ahead: DaysAhead): StatusComparison {
  const gains = ahead.announced.map((days, i) => days - (ahead.status[i] as number)).sort((a, b) => a - b)
  return {
    status: alarmMetrics(dataset, (row) => dataset.warned[row] === 1),
    median_days_before_status: gains.length === 0 ? null : rounded(gains[Math.floor(gains.length / 2)] as number),
  }
}

export function allDaysAhead(answers: Answers, dataset: Dataset, normal: string): DaysAhead {
  const failure = failureClasses(dataset, normal)
  const of = (alarms: (row: number) => boolean) => [...daysAhead(dataset, alarms).values()]
  const classes = dataset.classes.length
  return {
    announced: of(isReported(answers, classes, { failure, ...DEFAULT_RULE, maxRulDays: null })),
    reported: of(isReported(answers, classes, { failure, ...DEFAULT_RULE })),
    status: of((row) => dataset.warned[row] === 1),
  }
}
