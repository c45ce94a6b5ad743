import * as z from 'zod/mini'

const bound = z.strictObject({
  mandatory: z.boolean(),
  /** [%]; −999 or below means no lower bound. */
  min_deviation: z.number(),
  /** [%]; 999 or above means no upper bound. */
  max_deviation: z.number(),
  description: z.optional(z.string()),
  note: z.optional(z.string()),
  bidirectional: z.optional(z.boolean()),
})

const category = z.strictObject({
  name: z.optional(z.string()),
  application: z.optional(z.string()),
  description: z.optional(z.string()),
  note: z.optional(z.string()),
  tolerances: z.strictObject({
    flow: z.optional(bound),
    head: z.optional(bound),
    power: z.optional(bound),
    efficiency: z.optional(bound),
  }),
})

/** `tolerances.json`, in the form that sites already have. */
export const tolerancesSchema = z.strictObject({
  description: z.optional(z.string()),
  note: z.optional(z.string()),
  categories: z.record(z.string(), category),
})

export type Tolerances = z.infer<typeof tolerancesSchema>

/** Bounds of one parameter's deviation [%]; null on a side means no bound there. */
export interface Bounds {
  readonly min: number | null
  readonly max: number | null
  readonly mandatory: boolean
}
