import type { CurveBaseline } from './baseline.ts'
import { efficiency } from './efficiency.ts'
import { polynomialAt } from './polynomial.ts'

/** The part of a curve baseline that holds the curves. */
export type Curves = Pick<
  CurveBaseline,
  'flow_range_m3h' | 'peak_flow_m3h' | 'head' | 'power' | 'efficiency' | 'liquid_density_kg_m3'
>

/** Head at a tested flow [m]. */
export function headAt(curves: Curves, flowM3h: number): number {
  return polynomialAt(curves.head, flowM3h / curves.flow_range_m3h[1])
}

/** Power at a tested flow, of the tested liquid [kW]; null when the test has none. */
export function powerAt(curves: Curves, flowM3h: number): number | null {
  return curves.power === null ? null : polynomialAt(curves.power, flowM3h / curves.flow_range_m3h[1])
}

/** Efficiency at a tested flow [%]: from head and power, else its own curve, else null. */
export function efficiencyAt(curves: Curves, flowM3h: number): number | null {
  const powerKw = powerAt(curves, flowM3h)
  if (powerKw !== null) return efficiency({ flowM3h, headM: headAt(curves, flowM3h), powerKw }, curves.liquid_density_kg_m3)
  return curves.efficiency === null ? null : polynomialAt(curves.efficiency, flowM3h / curves.flow_range_m3h[1])
}

/**
 * The flow at which the tested pump gives a head, on the falling part of its curve.
 *
 *     Q: H(Q) = H
 *
 * headM [m]; result [m³/h], null when the head lies above or below that part. Ill-conditioned where the curve is flat:
 * 1 % of head is up to 24 % of flow on the curves that were tried. Example: on H = 40 − 0.002·Q² a head of 32 m is
 * 63.2 m³/h. By bisection, to the last bit. Source: ours.
 */
export function flowAtHead(curves: Curves, headM: number): number | null {
  let low = Math.max(curves.peak_flow_m3h, curves.flow_range_m3h[0])
  let high = curves.flow_range_m3h[1]
  if (headM > headAt(curves, low) || headM < headAt(curves, high)) return null
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2
    if (middle === low || middle === high) break
    if (headAt(curves, middle) > headM) low = middle
    else high = middle
  }
  return (low + high) / 2
}
