import { STANDARD_GRAVITY } from './head.ts'

/**
 * Power that a pump gives to its liquid.
 *
 *     P = ρ·g·Q·H
 *
 * flowM3h [m³/h]; headM [m]; densityKgM3 [kg/m³]. Result [kW]. Any sign is computed; a negative flow or head gives
 * a negative power. Example: 396 gpm (89.941 m³/h) of water lifted by 100 ft (30.48 m) are 10 hp (7.457 kW), the
 * rule of thumb gpm × ft/3960. Source: ISO 9906:2012, 3.2 (pump power output).
 */
export function hydraulicPower({ flowM3h, headM }: { flowM3h: number; headM: number }, densityKgM3: number): number {
  return (densityKgM3 * STANDARD_GRAVITY * flowM3h * headM) / 3_600_000
}
