import * as z from 'zod/mini'

const numbers = z.array(z.number())

/** What `models/<pump>/metadata.json` holds: everything the device must know to run the model and name it. */
export const modelMetadataSchema = z.strictObject({
  schema_version: z.literal(1),
  name: z.string().check(z.minLength(1)),
  version: z.string().check(z.minLength(1)),
  kind: z.enum(['classifier', 'anomaly-score']),
  /** Plain words: how the model was made. */
  description: z._default(z.string(), ''),
  /** In the order of the model's input columns. */
  features: z.array(z.string()).check(z.minLength(1)),
  /** Longest window among the features [readings]. */
  window: z.int().check(z.minimum(1)),
  /** In the order of the probability columns; empty for an anomaly score. */
  classes: z.array(z.string()),
  /** Classes that announce a failure; a subset of `classes`. */
  failure_classes: z.array(z.string()),
  input: z.string(),
  outputs: z.strictObject({
    /** [N, classes] float32. */
    probabilities: z.nullable(z.string()),
    /** [N, 1] float32; higher means more anomalous, unless `score_sign` says otherwise. */
    score: z._default(z.nullable(z.string()), null),
    /** [N, 1] float32, remaining useful life in days. */
    rul_days: z._default(z.nullable(z.string()), null),
  }),
  /**
   * −1: the model's score is higher the more normal a reading is (scikit-learn's `decision_function`), and counts with its
   * sign turned; 1 or absent: as it is.
   */
  score_sign: z.optional(z.literal([1, -1])),
  /** Score, its sign turned where `score_sign` is −1, above which a reading is anomalous; null for a classifier. */
  threshold: z.nullable(z.number()),
  /** From a class's probability to its confidence; without it the confidence is the probability. */
  calibration: z.optional(z.record(z.string(), z.strictObject({ said: numbers, truly: numbers }))),
  /** 90 % intervals of the remaining useful life, by predicted life [d]; null at the high end: beyond the horizon. */
  rul: z.optional(
    z.strictObject({
      horizon_days: z.number().check(z.positive()),
      predicted_days: numbers,
      low_days: numbers,
      high_days: z.array(z.nullable(z.number())),
    }),
  ),
  metrics: z.record(z.string(), z.unknown()),
  /** Of model.onnx, hex. */
  sha256: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
})

export type ModelMetadata = z.infer<typeof modelMetadataSchema>

/** What `scaler.json` holds; `scaled = (value − mean)/scale` in double precision, then rounded to float32. */
export const scalerSchema = z.strictObject({
  features: z.array(z.string()).check(z.minLength(1)),
  mean: z.array(z.number()),
  scale: z.array(z.number().check(z.positive())),
})

export type ScalerParameters = z.infer<typeof scalerSchema>
