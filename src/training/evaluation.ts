import type { Dataset } from './dataset.ts'
import { predictForest } from './forest.ts'
import { type LeadMetrics, leadMetrics } from './lead.ts'
import { type ClassMetrics, classMetrics } from './metrics.ts'
import { scaledMatrix } from './scaler-fit.ts'
import type { TrainedForest } from './train-forest.ts'
import { alwaysTheShares, nearestMean } from './trivial.ts'

/** What a model achieves on runs that it has not seen, beside models that need no training. */
export interface Evaluation {
  readonly held_out: ClassMetrics
  /** Per run; null where no file tells the remaining useful life. */
  readonly lead: LeadMetrics | null
  /** Estimated from the trees that did not see a row; null when every tree saw every row. */
  readonly out_of_bag: ClassMetrics | null
  readonly trivial: { readonly always_the_shares: ClassMetrics; readonly nearest_mean: ClassMetrics }
}

/** Confidence from which a failure class is reported by default, as in the deployment's `min_confidence`. */
const CONFIDENCE = 0.7

export function evaluateForest(trained: TrainedForest, seen: Dataset, unseen: Dataset, normal: string): Evaluation {
  const { classes, features } = unseen
  const matrix = scaledMatrix(unseen, trained.scaler)
  const probabilities = predictForest(trained.forest, matrix, features.length)
  const failure = classes.flatMap((name, c) => (name === normal ? [] : [c]))
  const shares = alwaysTheShares(seen.labels, unseen.rows, classes.length)
  const nearest = nearestMean({ matrix: trained.matrix, labels: seen.labels }, matrix, features.length, classes.length)
  return {
    held_out: classMetrics(probabilities, unseen.labels, classes),
    lead: unseen.rulDays.some((days) => !Number.isNaN(days)) ? leadMetrics(unseen, probabilities, failure, CONFIDENCE) : null,
    out_of_bag: outOfBagMetrics(trained.outOfBag, seen),
    trivial: {
      always_the_shares: classMetrics(shares, unseen.labels, classes),
      nearest_mean: classMetrics(nearest, unseen.labels, classes),
    },
  }
}

function outOfBagMetrics(outOfBag: Float64Array, { labels, classes }: Dataset): ClassMetrics | null {
  const width = classes.length
  const rows = [...labels.keys()].filter((row) => !Number.isNaN(outOfBag[row * width] as number))
  if (rows.length === 0) return null
  const kept = Float64Array.from(
    { length: rows.length * width },
    (_, i) => outOfBag[(rows[Math.floor(i / width)] as number) * width + (i % width)] as number,
  )
  return classMetrics(
    kept,
    Uint8Array.from(rows, (row) => labels[row] as number),
    classes,
  )
}
