import { hydraulicPower } from './hydraulic-power.ts'

/**
 * Share of the power taken that reaches the liquid.
 *
 *     η = ρ·g·Q·H/P × 100
 *
 * flowM3h [m³/h]; headM [m]; powerKw, taken at the shaft (pump efficiency) or at the wire (overall efficiency) [kW];
 * densityKgM3 [kg/m³]. Result [%], usually 20 to 90; null when no power is taken. Over 100 is computed as it is and
 * means that an input is wrong. Example: 252.33 gpm (57.310 m³/h), 75.31 psi (53.043 m) and 20.035 hp
 * (14.940 kW) with water at 998.2 kg/m³ give 55.3 %. Source: ISO 9906:2012, 3.2 (pump efficiency, overall efficiency).
 */
export function efficiency(point: { flowM3h: number; headM: number; powerKw: number }, densityKgM3: number): number | null {
  if (point.powerKw <= 0) return null
  return (hydraulicPower(point, densityKgM3) / point.powerKw) * 100
}

/**
 * Energy that a cubic metre of pumped liquid takes.
 *
 *     e = P/Q
 *
 * flowM3h [m³/h]; powerKw [kW]. Result [kWh/m³], 0.05 to 1 in water supply; null without flow. Example: 100 kW for
 * 400 m³/h is 0.25 kWh/m³. Source: ours (the definition).
 */
export function specificEnergy({ flowM3h, powerKw }: { flowM3h: number; powerKw: number }): number | null {
  return flowM3h > 0 ? powerKw / flowM3h : null
}
