import { calibrated } from './calibration.ts'
import type { ModelMetadata } from './metadata.ts'
import type { Prediction } from './prediction.ts'
import { modelLife } from './rul.ts'
import type { ModelOutput } from './session.ts'

/** Throws an Error where `predictionOf` would for one of the rows. */
export function checkNumbers(output: ModelOutput, { kind }: Pick<ModelMetadata, 'kind'>): void {
  for (const days of output.rulDays ?? []) finite(days, 'remaining useful life')
  if (kind === 'anomaly-score') for (const score of output.score ?? []) finite(score, 'score')
  else for (const probability of output.probabilities ?? []) finite(probability, 'probability')
}

/** One row of the model's answer in words. Throws an Error where a number is none (NaN, infinite). */
export function predictionOf(output: ModelOutput, row: number, metadata: ModelMetadata): Prediction {
  const life =
    output.rulDays === null
      ? ({ rul_days: null, rul_interval: null, source: null } as const)
      : modelLife(finite(output.rulDays[row], 'remaining useful life'), metadata.rul ?? null)
  if (metadata.kind === 'anomaly-score') {
    const score = finite(output.score?.[row], 'score') * (metadata.score_sign ?? 1)
    const anomalous = metadata.threshold !== null && score > metadata.threshold
    return { class: anomalous ? 'anomalous' : 'normal', probability: null, probabilities: {}, confidence: null, score, ...life }
  }
  const { classes } = metadata
  const probabilities: Record<string, number> = {}
  // The label that the model gives may disagree with its own probabilities; they are what was calibrated.
  let best = classes[0] ?? ''
  let probability = Number.NEGATIVE_INFINITY
  let column = row * classes.length
  for (const name of classes) {
    const value = finite(output.probabilities?.[column++], 'probability')
    probabilities[name] = value
    if (value <= probability) continue
    best = name
    probability = value
  }
  const curve = metadata.calibration?.[best]
  const confidence = curve === undefined ? probability : calibrated(probability, curve)
  return { class: best, probability, probabilities, confidence, score: null, ...life }
}

function finite(value: number | undefined, what: string): number {
  if (value === undefined || !Number.isFinite(value)) throw new Error(`the model answers with a ${what} that is no number`)
  return value
}
