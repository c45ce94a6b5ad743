import { reasonOf } from '../failure.ts'
import { checkNumbers, predictionOf } from '../model/answer.ts'
import { createFeatures, type FeatureHistory, type FeatureRow, featurePointOf } from '../model/features.ts'
import type { ModelMetadata, ScalerParameters } from '../model/metadata.ts'
import type { Prediction } from '../model/prediction.ts'
import { scaleInto } from '../model/scaler.ts'
import type { ModelOutput, Session } from '../model/session.ts'
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

/** Of an executable that is meant to do without. */
export const NO_MODEL: LoadedModel = { kind: 'unavailable', metadata: null, reason: 'the executable carries no model' }

/** What answers for the model. */
export type Predictor =
  /** There is none: one answer for every reading. */
  { readonly kind: 'none'; readonly answer: Predicted; readonly state: () => null } | AskedPredictor

interface AskedPredictor {
  readonly kind: 'asked'
  /** Takes the next reading of a block; only one that was judged enters the history. */
  readonly take: (reading: Reading, judgement: Judgement) => void
  /** The answers to the readings taken since the block before, by their number in it. Good until the next one. */
  readonly answers: () => Promise<(index: number) => Predicted>
  /** Waits for answers that are under way; the model is not asked again. */
  readonly close: () => Promise<void>
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
    const reason = model.kind === 'unavailable' ? model.reason : null
    return { kind: 'none', answer: { prediction: null, reason }, state: () => null }
  }
  return askedPredictor(model, metadata, saved, minHistory)
}

function askedPredictor(
  model: LoadedModel,
  metadata: ModelMetadata,
  saved: FeatureHistory | null,
  minHistory: number,
): AskedPredictor {
  const features = createFeatures(metadata.features, saved)
  const width = metadata.features.length
  const { session, scaler } = model.kind === 'loaded' ? model : { session: null, scaler: null }
  let failure = model.kind === 'unavailable' ? model.reason : null
  /** Of each reading of the block the number of its row, or why it has none. */
  let taken: (number | string)[] = []
  /** Row-major, scaled. */
  let rows = new Float32Array(FEW_ROWS * width)
  let count = 0
  /** The last question, which never fails. */
  let before: Promise<unknown> = Promise.resolve()

  function take(reading: Reading, judgement: Judgement): void {
    if (judgement.reason === null) taken.push(rowOf(features.push(featurePointOf(reading, judgement))))
    else taken.push('the reading was not judged')
  }

  function rowOf(row: FeatureRow): number | string {
    if (failure !== null) return failure
    if (row.kind === 'missing') return row.reason
    if (row.history < minHistory) return `${row.history} of ${minHistory} readings of history so far`
    if ((count + 1) * width > rows.length) rows = twice(rows)
    scaleInto(row.values, scaler, rows, count * width)
    return count++
  }

  async function answers(): Promise<(index: number) => Predicted> {
    const block = taken
    const asked = ask(rows.slice(0, count * width), count, before)
    before = asked
    taken = []
    count = 0
    const output = await asked
    return (index) => {
      const row = block[index] ?? NO_ANSWER
      if (typeof row === 'string') return { prediction: null, reason: row }
      if (output === null) return { prediction: null, reason: failure }
      return { prediction: predictionOf(output, row, metadata), reason: null }
    }
  }

  /**
   * null: there was nothing to ask, or `failure` says why there is no answer. A block may be asked about before the one before
   * it is answered, and is answered after it.
   */
  async function ask(block: Float32Array, size: number, earlier: Promise<unknown>): Promise<ModelOutput | null> {
    const answer = session === null || failure !== null || size === 0 ? null : attempt(session.run(block, size))
    // Also where nothing is asked: whoever waits for this question waits for all.
    await earlier
    if (answer === null) return null
    const { output, reason } = await answer
    failure ??= reason
    return failure === null ? output : null
  }

  async function attempt(running: Promise<ModelOutput>) {
    try {
      const output = await running
      checkNumbers(output, metadata)
      return { output, reason: null }
    } catch (error) {
      return { output: null, reason: `the model failed: ${reasonOf(error)}` }
    }
  }

  async function close(): Promise<void> {
    await before
    await session?.close?.()
  }

  return { kind: 'asked', take, answers, close, state: features.state }
}

/** Of most runs. */
const FEW_ROWS = 64
const NO_ANSWER = 'the model gave no answer'

function twice(rows: Float32Array): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(rows.length * 2)
  larger.set(rows)
  return larger
}
