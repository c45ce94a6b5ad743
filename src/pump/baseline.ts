import * as z from 'zod/mini'

const value = z.nullable(z.number().check(z.positive()))

/** `config/baseline.json` in a bundle: one duty point in canonical units. */
export const pointBaselineSchema = z.strictObject({
  schema_version: z.literal(1),
  kind: z.literal('point'),
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
})

export type PointBaseline = z.infer<typeof pointBaselineSchema>
