import type { Deviations, Parameter, PerParameter } from './quantities.ts'

/** A value of each parameter in canonical units; null where there is none. */
export type DutyPoint = PerParameter<number | null>

/**
 * How far a duty point lies from the baseline.
 *
 *     deviation = (measured − baseline)/baseline × 100
 *
 * measured, baseline [m³/h, m, kW, %]; result [%], null where either is null or the baseline is zero.
 * Example: 60 m³/h against 50 m³/h is +20 %. Source: ours (the percentage in which ISO 9906:2012, clause 4.4,
 * states its tolerances).
 */
export function deviationsFrom(measured: DutyPoint, baseline: DutyPoint): Deviations {
  const of = (parameter: Parameter): number | null => {
    const value = measured[parameter]
    const reference = baseline[parameter]
    if (value === null || reference === null || reference === 0) return null
    return ((value - reference) / reference) * 100
  }
  return { flow: of('flow'), head: of('head'), power: of('power'), efficiency: of('efficiency') }
}
