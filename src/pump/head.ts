/** Standard acceleration of free fall [m/s²]. Source: ISO 80000-3:2019, 3-9.2. */
export const STANDARD_GRAVITY = 9.80665

const PASCALS_PER_BAR = 100_000
const SECONDS_PER_HOUR = 3600

/**
 * Head of a column of liquid that stands under a pressure.
 *
 *     H = p/(ρ·g)
 *
 * pressureBar [bar], 0…100 on most pumps, below 0 at a suction lift; densityKgM3 [kg/m³], 998.2 for water at 20 °C.
 * Result [m]. Linear, so any pressure is in range; the density must be positive. Gauge pressure gives gauge head,
 * which is what differences need. Example: 1 bar of water at 1000 kg/m³ is 10.197 m. Source: ISO 9906:2012, 3.2.
 */
export function headOfPressure(pressureBar: number, densityKgM3: number): number {
  return (pressureBar * PASCALS_PER_BAR) / (densityKgM3 * STANDARD_GRAVITY)
}

/**
 * Head of the speed of the liquid in a pipe.
 *
 *     v = Q/(π·d²/4);  H = v²/(2·g)
 *
 * flowM3h [m³/h]; diameterMm, the bore at the gauge [mm], positive. Result [m], 0.05 to 0.5 m in usual pipes; grows
 * with the fourth power of a narrower bore. Example: 454.25 m³/h (2,000 gpm) in 381 mm (15 in) is 0.0625 m
 * (0.2049 ft). Source: ISO 9906:2012, 3.2; the example is a published test of the MEASUR suite (head tool).
 */
function velocityHead(flowM3h: number, diameterMm: number): number {
  const metresPerSecond = flowM3h / SECONDS_PER_HOUR / ((Math.PI * (diameterMm / 1000) ** 2) / 4)
  return metresPerSecond ** 2 / (2 * STANDARD_GRAVITY)
}

/** Where the two gauges of a pump sit. */
export interface Gauges {
  readonly liquid_density_kg_m3: number
  readonly discharge_gauge_elevation_m: number
  readonly suction_gauge_elevation_m: number
  readonly discharge_diameter_mm: number | null
  readonly suction_diameter_mm: number | null
}

/**
 * Total head of a pump from its two pressure gauges.
 *
 *     H = (p2 − p1)/(ρ·g) + (v2² − v1²)/(2·g) + (z2 − z1)
 *
 * dischargeBar, suctionBar [bar]; flowM3h [m³/h], null where unknown; gauges as configured. Result [m]. The velocity
 * term needs both diameters and the flow and is left out without them: it is 0 for equal bores and under 1 % of head
 * on most pumps, and it is left out of the baseline by the same rule. Losses between gauge and flange are not added.
 * Example: 5 psi and 5 ft up at an 17.9 in suction, 50 psi and 1 ft up at a 15 in discharge, 2,000 gpm give 100.09 ft.
 * Source: ISO 9906:2012, 3.2; the example from the figures of MEASUR's head tool, its friction losses left out.
 */
export function totalHead(
  { dischargeBar, suctionBar, flowM3h }: { dischargeBar: number; suctionBar: number; flowM3h: number | null },
  gauges: Gauges,
): number {
  const pressure = headOfPressure(dischargeBar - suctionBar, gauges.liquid_density_kg_m3)
  const elevation = gauges.discharge_gauge_elevation_m - gauges.suction_gauge_elevation_m
  const { discharge_diameter_mm: d2, suction_diameter_mm: d1 } = gauges
  const velocity = flowM3h === null || d2 === null || d1 === null ? 0 : velocityHead(flowM3h, d2) - velocityHead(flowM3h, d1)
  return pressure + velocity + elevation
}
