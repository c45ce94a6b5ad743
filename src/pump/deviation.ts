import type { Deviations, PerParameter } from './quantities.ts'

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
  return {
    flow: deviation(measured.flow, baseline.flow),
    head: deviation(measured.head, baseline.head),
    power: deviation(measured.power, baseline.power),
    efficiency: deviation(measured.efficiency, baseline.efficiency),
  }
}

function deviation(value: number | null, reference: number | null): number | null {
  return value === null || reference === null || reference === 0 ? null : ((value - reference) / reference) * 100
}
