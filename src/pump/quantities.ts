/**
 * The glossary of what is measured on a pump: one name, one canonical unit and one meaning each. Units are
 * converted in `readings/` only; everywhere else a quantity has the unit that stands here.
 */
export const QUANTITIES = {
  flow: { unit: 'm3/h', symbol: 'Q', meaning: 'volume flow through the pump' },
  head: { unit: 'm', symbol: 'H', meaning: 'total head, or the head of the discharge pressure where the baseline has only that' },
  power: { unit: 'kW', symbol: 'P', meaning: 'power taken, as the baseline defines it (shaft or wire)' },
  efficiency: { unit: '%', symbol: 'η', meaning: 'hydraulic power over power taken' },
  speed: { unit: 'rpm', symbol: 'n', meaning: 'speed of the shaft' },
  discharge_pressure: { unit: 'bar', symbol: 'p2', meaning: 'gauge pressure at the discharge' },
  suction_pressure: { unit: 'bar', symbol: 'p1', meaning: 'gauge pressure at the suction' },
} as const

export type Quantity = keyof typeof QUANTITIES

/** The parameters that a grade of ISO 9906 limits, in the order in which reports name them. */
export const PARAMETERS = ['flow', 'head', 'power', 'efficiency'] as const

export type Parameter = (typeof PARAMETERS)[number]

/** One value per parameter; null where it was not measured or has no baseline. */
export type PerParameter<T> = Readonly<Record<Parameter, T>>

/** Deviations from the baseline [%], (measured − baseline)/baseline × 100. */
export type Deviations = PerParameter<number | null>
