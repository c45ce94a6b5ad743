import { reasonOf } from '../failure.ts'
import { createFeatures, type FeatureHistory, featurePointOf } from '../model/features.ts'
import type { ModelMetadata, ScalerParameters } from '../model/metadata.ts'
import type { Prediction } from '../model/prediction.ts'
import { scaleInto } from '../model/scaler.ts'
import { predictionOf, type Session } from '../model/session.ts'
import type { Judgement } from '../pump/judgement.ts'
import type { Reading } from '../readings/reading.ts'

/** What the model says of a reading, or why it says nothing. */
export interface Predicted {
  readonly prediction: Prediction | null
  readonly reason: string | null
}

/** A model that can be asked, or the reason why it cannot. */
export type LoadedModel =
  | {
      readonly kind: 'loaded'
      readonly session: Session
      readonly metadata: ModelMetadata
      readonly scaler: ScalerParameters | null
    }
  | { readonly kind: 'unavailable'; readonly metadata: ModelMetadata | null; readonly reason: string }

/** What answers for the model. */
export type Predictor =
  /** There is none: one answer for every reading. */
  { readonly kind: 'none'; readonly answer: Predicted; readonly state: () => null } | AskedPredictor

interface AskedPredictor {
  readonly kind: 'asked'
  /** One answer per reading, in order; only readings that were judged enter the history. */
  readonly predict: (readings: readonly Reading[], judgements: readonly Judgement[]) => Promise<Predicted[]>
  /** The history from which the next run goes on. */
  readonly state: () => FeatureHistory
}

/**
 * Asks the model about readings in blocks. A model that cannot be loaded or that fails while it runs is a reason
 * on each reading, never an error: the tolerance check goes on without it.
 */
export function createPredictor(model: LoadedModel, saved: FeatureHistory | null, minHistory: number): Predictor {
  const { metadata } = model
  if (metadata === null) {
    const reason = model.kind === 'unavailable' ? model.reason : 'the executable carries no model'
    return { kind: 'none', answer: { prediction: null, reason }, state: () => null }
  }
  const features = createFeatures(metadata.features, saved)
  const width = metadata.features.length
  let failure = model.kind === 'unavailable' ? model.reason : null

  async function ask(rows: readonly Float64Array[]): Promise<Predicted[]> {
    if (failure !== null || model.kind === 'unavailable' || rows.length === 0) {
      return rows.map(() => ({ prediction: null, reason: failure }))
    }
    const block = new Float32Array(rows.length * width)
    for (const [index, row] of rows.entries()) scaleInto(row, model.scaler, block, index * width)
    try {
      const output = await model.session.run(block, rows.length)
      return rows.map((_, index) => ({ prediction: predictionOf(output, index, model.metadata), reason: null }))
    } catch (error) {
      failure = `the model failed: ${reasonOf(error)}`
      return rows.map(() => ({ prediction: null, reason: failure }))
    }
  }

  async function predict(readings: readonly Reading[], judgements: readonly Judgement[]): Promise<Predicted[]> {
    const rows: Float64Array[] = []
    const answers = readings.map((reading, index): Predicted | number => {
      const judgement = judgements[index]
      if (judgement === undefined || judgement.reason !== null) return { prediction: null, reason: 'the reading was not judged' }
      const row = features.push(featurePointOf(reading, judgement))
      if (failure !== null) return { prediction: null, reason: failure }
      if (row.kind === 'missing') return { prediction: null, reason: row.reason }
      if (row.history < minHistory) {
        return { prediction: null, reason: `${row.history} of ${minHistory} readings of history so far` }
      }
      return rows.push(row.values) - 1
    })
    const asked = await ask(rows)
    return answers.map((answer) => (typeof answer === 'number' ? (asked[answer] ?? NO_ANSWER) : answer))
  }

  return { kind: 'asked', predict, state: features.state }
}

const NO_ANSWER: Predicted = { prediction: null, reason: 'the model gave no answer' }
