import { composeAnomaly, type ReportedPump } from '../anomaly/compose.ts'
import { type DebounceState, debounce, NOTHING_REPORTED } from '../anomaly/debounce.ts'
import type { AnomalyRecord } from '../anomaly/record.ts'
import { reportableParameters, statusWithModel } from '../anomaly/rules.ts'
import { isScoreAlarm, type RecentScores, rememberScore } from '../anomaly/score-alarm.ts'
import type { ReportingSettings } from '../anomaly/settings.ts'
import { failureLimitsOf } from '../model/failure-limits.ts'
import type { FeatureHistory } from '../model/features.ts'
import { createTrend, type TrendLife, type TrendState } from '../model/trend.ts'
import { createJudge, type JudgeState, type PumpSetup } from '../pump/judge.ts'
import type { Judgement } from '../pump/judgement.ts'
import { isSeverity } from '../pump/status.ts'
import type { Reading } from '../readings/reading.ts'
import { createPredictor, type LoadedModel, type Predicted } from './predictor.ts'
import { type ResultRecord, resultRecord } from './result.ts'

/** What judging remembers from one run to the next. */
export interface JudgingState {
  readonly judge: JudgeState
  readonly features: FeatureHistory | null
  readonly debounce: DebounceState
  readonly scores: RecentScores
  readonly trend: TrendState
}

export interface JudgedReading {
  readonly record: ResultRecord
  /** What is to be reported of the reading; null when nothing is. */
  readonly anomaly: AnomalyRecord | null
}

export interface Judging {
  /**
   * Without a model gives back these readings, with one those of the batch before: meanwhile the model is asked about these.
   * Each is judged, or decided, when it is taken: all are to be taken, in order, before the next batch.
   */
  readonly judge: (readings: Iterable<Reading>) => Promise<Iterable<JudgedReading>>
  /** The readings that are left after the last batch. */
  readonly rest: () => Promise<Iterable<JudgedReading>>
  /** To be called before the program ends, which a model that is at work in its thread would do in its own way. */
  readonly close: () => Promise<void>
  readonly state: () => JudgingState
}

/** Judgements of a batch about which the model is being asked. */
interface Asked {
  readonly judgements: readonly Judgement[]
  readonly answers: Promise<(index: number) => Predicted>
}

/** Everything that judging a pump's readings takes, defaults filled in. */
export interface JudgingSetup {
  readonly pump: PumpSetup
  readonly reported: ReportedPump
  readonly reporting: ReportingSettings
  readonly minHistory: number
  readonly basis: string
}

/** A prediction whose model knows no remaining life takes it from the trend of the deviations. */
function withTrend(answer: Predicted, life: TrendLife | null): Predicted {
  const { prediction, reason } = answer
  if (prediction === null || prediction.rul_days !== null || life === null) return answer
  return { prediction: { ...prediction, rul_days: life.rul_days, rul_interval: life.rul_interval, source: 'trend' }, reason }
}

/** Readings in, judged readings out: baseline and grade, model, rules and debounce, in that order. */
export function createJudging(setup: JudgingSetup, model: LoadedModel, saved: JudgingState | null): Judging {
  const judge = createJudge(setup.pump, saved?.judge ?? null)
  const predictor = createPredictor(model, saved?.features ?? null, setup.minHistory)
  const trend = createTrend(failureLimitsOf(setup.pump.grade.bounds, setup.pump.judgement), saved?.trend ?? null)
  const threshold = model.metadata?.threshold ?? null
  const failureClasses = model.metadata?.failure_classes ?? []
  let debounceState = saved?.debounce ?? NOTHING_REPORTED
  let scores = saved?.scores ?? []
  let asked: Asked | null = null

  function decide(judgement: Judgement, answer: Predicted): JudgedReading {
    const life = judgement.reason === null ? trend.push(judgement.timeMs, judgement.deviations) : null
    const predicted = withTrend(answer, life)
    const { prediction } = predicted
    if (prediction?.score != null) scores = rememberScore(scores, prediction.score)
    const scoreAlarm = prediction?.score != null && threshold !== null && isScoreAlarm(scores, threshold)
    const status = statusWithModel(judgement.status, scoreAlarm)
    const record = resultRecord(judgement, status, predicted, setup.basis)
    if (!isSeverity(status)) return { record, anomaly: null }
    const reportable = reportableParameters(judgement, prediction, { failureClasses, scoreAlarm }, setup.reporting)
    const outcome = debounce(
      debounceState,
      { timeMs: judgement.timeMs, status, reportable },
      setup.reporting.debounce_minutes * 60_000,
    )
    debounceState = outcome.state
    if (outcome.due.length === 0) return { record, anomaly: null }
    return { record, anomaly: composeAnomaly(setup.reported, { judgement, status, prediction }, outcome.due) }
  }

  function* oneByOne(readings: Iterable<Reading>, answer: Predicted): Generator<JudgedReading> {
    for (const reading of readings) yield decide(judge.judge(reading), answer)
  }

  async function answered(block: Asked | null): Promise<Iterable<JudgedReading>> {
    return block === null ? [] : decided(block.judgements, await block.answers)
  }

  function* decided(judgements: readonly Judgement[], answerTo: (index: number) => Predicted): Generator<JudgedReading> {
    for (const [index, judgement] of judgements.entries()) yield decide(judgement, answerTo(index))
  }

  return {
    judge: async (batch) => {
      if (predictor.kind === 'none') return oneByOne(batch, predictor.answer)
      const judgements: Judgement[] = []
      for (const reading of batch) {
        const judgement = judge.judge(reading)
        predictor.take(reading, judgement)
        judgements.push(judgement)
      }
      const before = asked
      asked = { judgements, answers: predictor.answers() }
      return await answered(before)
    },
    rest: async () => await answered(asked),
    close: async () => {
      if (predictor.kind === 'asked') await predictor.close()
    },
    state: () => ({ judge: judge.state(), features: predictor.state(), debounce: debounceState, scores, trend: trend.state() }),
  }
}
