import * as z from 'zod/mini'

const positive = z.number().check(z.positive())
const value = z.nullable(positive)
const coefficients = z.array(z.number()).check(z.minLength(2))

/** Standard deviation of each deviation, measured while the baseline was made [%]; null where it was not. */
const noise = z._default(z.nullable(z.strictObject({ flow: value, head: value, power: value, efficiency: value })), null)

/** What every baseline states: the pump, and the duty point that stands for it in canonical units. */
const duty = {
  schema_version: z.literal(1),
  /** Pump name as the baseline file states it. */
  pump: z.string(),
  pump_type: z.nullable(z.string()),
  application: z.nullable(z.string()),
  /** Rated motor power [kW]. */
  rated_power_kw: value,
  /** What head means on both sides of every comparison: total head, or the head of the discharge pressure alone. */
  head_definition: z.enum(['total', 'discharge']),
  flow_m3h: value,
  head_m: value,
  power_kw: value,
  /** The efficiency that readings are judged against [%]. */
  efficiency_percent: value,
  /** The efficiency that the file states [%]; differs from `efficiency_percent` when the two disagree. */
  stated_efficiency_percent: value,
  /** Day of the test or commissioning (YYYY-MM-DD); null when the file does not say. */
  date: z.nullable(z.string()),
  /** Speed of the test [rpm]; null: the deployment's rated speed. */
  speed_rpm: z._default(value, null),
  noise,
}

/** `config/baseline.json` in a bundle, of one duty point. */
export const pointBaselineSchema = z.strictObject({ ...duty, kind: z.literal('point') })

/**
 * `config/baseline.json` in a bundle, of a pump test. The duty point is that of best efficiency. Each curve is a
 * polynomial in u = Q/(largest tested flow), coefficients rising.
 */
export const curveBaselineSchema = z.strictObject({
  ...duty,
  kind: z.literal('curve'),
  /** Smallest and largest tested flow [m³/h]. */
  flow_range_m3h: z.tuple([z.number().check(z.minimum(0)), positive]),
  /** Flow of the largest head: from there on the head falls [m³/h]. */
  peak_flow_m3h: z.number().check(z.minimum(0)),
  /** Flow of best efficiency [m³/h]; null when it lies outside the tested range or is unknown. */
  best_flow_m3h: value,
  /** H(u) [m] */
  head: coefficients,
  /** P(u) [kW]; null when the test has no power. */
  power: z.nullable(coefficients),
  /** η(u) [%]; null when it follows from head and power, or is unknown. */
  efficiency: z.nullable(coefficients),
  /** Shaft power follows the affinity laws; wire power does so near the speed of the test only. */
  power_definition: z.enum(['shaft', 'wire']),
  /** Of the tested liquid [kg/m³]. */
  liquid_density_kg_m3: positive,
  /** Points that the curves were fitted to. */
  points: z.int().check(z.minimum(5)),
  /** Largest distance between a point and its curve, of the value at best efficiency [%]. */
  residual_percent: z.strictObject({ head: z.number(), power: z.nullable(z.number()), efficiency: z.nullable(z.number()) }),
})

export const baselineSchema = z.discriminatedUnion('kind', [pointBaselineSchema, curveBaselineSchema])

export type PointBaseline = z.infer<typeof pointBaselineSchema>
export type CurveBaseline = z.infer<typeof curveBaselineSchema>
/** What a pump is compared with. */
export type Baseline = PointBaseline | CurveBaseline
