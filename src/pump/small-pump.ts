import type { PerParameter } from './quantities.ts'
import type { Bounds } from './tolerances.ts'

/** Power up to which the tolerances of small pumps apply [kW]. Source: ISO 9906:2012, 4.4.2. */
export const SMALL_PUMP_KW = 10

/**
 * Tolerances of a pump of 10 kW or less, where losses that do not shrink with the pump weigh more.
 *
 *     flow ±10 %, head ±8 %
 *     τη = −(10·(1 − P/10) + 7) %;  τP = √(7² + τη²) %
 *
 * powerKw, power taken [kW], 1…10; below 1 kW, where the standard leaves the tolerance to agreement, that of 1 kW is
 * used. Result: bounds of the deviations [%], flow and head mandatory. Example: 5 kW gives efficiency −12 % and power
 * +13.9 %. Source: ISO 9906:2012, 4.4.2 (the formulas as in ISO 9906:1999, annex A.2).
 */
export function smallPumpBounds(powerKw: number): PerParameter<Bounds> {
  const efficiency = 10 * (1 - Math.max(1, Math.min(SMALL_PUMP_KW, powerKw)) / 10) + 7
  return {
    flow: { min: -10, max: 10, mandatory: true },
    head: { min: -8, max: 8, mandatory: true },
    power: { min: null, max: Math.hypot(7, efficiency), mandatory: false },
    efficiency: { min: -efficiency, max: null, mandatory: false },
  }
}
