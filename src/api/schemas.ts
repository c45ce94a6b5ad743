import * as z from 'zod/mini'
import { PARAMETERS } from '../pump/quantities.ts'
import { SEVERITIES } from '../pump/status.ts'

/** Ids are what both databases call an integer: 0 … 2³¹−1. */
const id = () => z.int().check(z.minimum(0), z.maximum(2_147_483_647))
const described = <T extends z.ZodMiniType>(schema: T, description: string): T => schema.check(z.meta({ description })) as T

const utc = () => z.iso.datetime()
const perParameter = <T extends z.ZodMiniType>(value: T) =>
  z.strictObject(Object.fromEntries(PARAMETERS.map((name) => [name, value])) as Record<(typeof PARAMETERS)[number], T>)
const number = () => z.nullable(z.number())

/**
 * The body of `POST {base}/edge/anomalies`. What a newer device adds to `additionalContext` or `metadata` is
 * stored as it is; an unknown key anywhere else is an error, so that a misspelt one is not lost in silence.
 */
export const anomalySchema = z.strictObject({
  sourceType: z.literal('log'),
  description: described(z.string().check(z.minLength(1), z.maxLength(4000)), 'What was found, for a person to read.'),
  siteId: id(),
  pumpId: id(),
  sensorId: described(id(), 'The sensor of the worst newly reportable parameter.'),
  timestamp: described(utc(), 'Event time, in UTC.'),
  logValue: described(z.number(), 'The value of the worst newly reportable parameter, in its canonical unit.'),
  additionalContext: z.looseObject({
    parameter: described(z.array(z.string()), 'What became reportable with this reading.'),
    status: z.enum(SEVERITIES),
    tolerance_category: z.string(),
    all_deviations: described(perParameter(number()), 'Deviations from the baseline, in percent.'),
    thresholds: described(
      perParameter(z.strictObject({ min: number(), max: number() })),
      'Bounds of the deviations, in percent.',
    ),
    baseline_values: perParameter(number()),
    current_values: perParameter(number()),
  }),
  metadata: z.looseObject({
    modelName: z.nullable(z.string()),
    modelVersion: z.nullable(z.string()),
    framework: z.literal('onnx'),
    model_type: z.nullable(z.string()),
    tolerance_category: z.string(),
    confidence: number(),
    prediction_rul_days: number(),
    prediction_probability: number(),
    artifactVersion: z.string(),
    idempotencyKey: z.string(),
  }),
})

export type Anomaly = z.infer<typeof anomalySchema>

/** An anomaly as the API gives it back. */
export const storedAnomalySchema = z.extend(anomalySchema, {
  id: described(z.int().check(z.minimum(1)), 'Given by the API, rising.'),
  createdAt: described(utc(), 'When the API stored it.'),
})

/** Visible ASCII, as a hash or a UUID is. */
export const idempotencyKeySchema = z.string().check(z.regex(/^[!-~]{1,255}$/))

const moment = () => z.union([z.iso.datetime({ offset: true }), z.iso.date()])
const optional = <T extends z.ZodMiniType>(schema: T, description: string) => z.optional(described(schema, description))

/** The query of `GET {base}/edge/anomalies`. */
export const listQuerySchema = z.strictObject({
  siteId: optional(id(), 'Only this site.'),
  pumpId: optional(id(), 'Only this pump.'),
  sensorId: optional(id(), 'Only this sensor.'),
  startDate: optional(moment(), 'Not before this event time; a date alone means its first instant in UTC.'),
  endDate: optional(moment(), 'Not after this event time; a date alone includes the whole day in UTC.'),
  page: optional(z.int().check(z.minimum(1), z.maximum(1_000_000)), 'Page, from 1; without effect when skip is given.'),
  skip: optional(id(), 'Items to pass over.'),
  pageSize: optional(
    z.int().check(z.minimum(1), z.maximum(100)),
    'Items per page, 25 unless given; without effect when take is given.',
  ),
  take: optional(z.int().check(z.minimum(1), z.maximum(100)), 'Items per page, 25 unless given.'),
  sortDirection: optional(z.enum(['asc', 'desc']), 'By event time; the newest first unless given.'),
})

export type ListQuery = z.infer<typeof listQuerySchema>

export const anomalyPageSchema = z.strictObject({
  items: z.array(storedAnomalySchema),
  total: described(z.int().check(z.minimum(0)), 'Items that fit the filters.'),
  skip: z.int().check(z.minimum(0)),
  take: z.int().check(z.minimum(1), z.maximum(100)),
})

/** RFC 9457, with the places of mistakes as `errors`. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().check(z.minimum(400), z.maximum(599)),
  detail: z.string(),
  errors: z.optional(
    z.array(
      z.strictObject({
        pointer: described(z.string(), 'Where: a JSON pointer into the body, or the name of a parameter or header.'),
        detail: z.string(),
      }),
    ),
  ),
})

export type ProblemDetails = z.infer<typeof problemSchema>
