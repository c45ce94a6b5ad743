/** What the model says of one reading. */
export interface Prediction {
  /** Most probable class; of an anomaly-score model `anomalous` above its threshold, else `normal`. */
  readonly class: string
  /** Probability of that class, 0…1; null for an anomaly score, which is no probability. */
  readonly probability: number | null
  /** Probability of every class, in the order of the model's metadata; empty for an anomaly score. */
  readonly probabilities: Readonly<Record<string, number>>
  /** The calibrated probability of the class; equal to `probability` until the model brings a calibration. */
  readonly confidence: number | null
  /** Of an anomaly-score model, higher means more anomalous; null for a classifier. */
  readonly score: number | null
  /** Remaining useful life [days]; null when neither the model nor a trend gives one. */
  readonly rul_days: number | null
  /** Its 90 % interval [days]; an open end is null. */
  readonly rul_interval: readonly [number, number | null] | null
  /** Where the remaining useful life comes from; null when there is none. */
  readonly source: 'model' | 'trend' | null
}
