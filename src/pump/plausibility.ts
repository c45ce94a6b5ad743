import { AFFINITY_RANGE } from './affinity.ts'
import type { CurveBaseline } from './baseline.ts'
import { headAt, powerAt } from './curve.ts'
import { testedFlows } from './curve-search.ts'
import type { DutyPoint } from './deviation.ts'
import type { Parameter } from './quantities.ts'

/** A measured value that the others contradict. */
export interface Suspect {
  readonly subject: Parameter
  readonly text: string
}

/** A value below this share of what is expected has dropped out. Ours. */
const DROPPED_SHARE = 0.02
/** Values that agree with a curve this well bear each other out [1]. Ours. */
const AGREEMENT = 0.1
/** Power must tell flow from no flow by this much before it is believed against the flow meter [1]. Ours. */
const TELLING = 0.15
/** A flow that a pump surely has when it moves something, of the largest tested one. Ours. */
const FLOWING_SHARE = 0.2
/** No pump gives more head than this times its largest. Ours. */
const IMPOSSIBLE_HEAD = 1.5

/**
 * The value that cannot be true: one that reads nothing, or a head that the pump cannot give, while the other two
 * agree with each other by the curves of the tested pump. One only, and none when that leaves doubt: a pump is not
 * called healthy because a meter might be broken. Source: ours.
 *
 * @param ratio speed over the speed of the test
 */
export function suspectValue(curve: CurveBaseline, ratio: number, measured: DutyPoint, densityKgM3: number): Suspect | null {
  const { flow, head, power } = measured
  if (!(ratio >= AFFINITY_RANGE.min && ratio <= AFFINITY_RANGE.max) || flow === null) return null
  const [least, most] = curve.flow_range_m3h
  const powerOf = (flowM3h: number): number | null => {
    const tested = powerAt(curve, flowM3h)
    return tested === null ? null : tested * ratio ** 3 * (densityKgM3 / curve.liquid_density_kg_m3)
  }
  const flow0 = flow / ratio
  const isTested = flow0 >= least && flow0 <= most
  const expectedPower = isTested ? powerOf(flow0) : null
  const expectedHead = isTested ? headAt(curve, flow0) * ratio ** 2 : null
  const largestHead = headAt(curve, Math.max(least, curve.peak_flow_m3h)) * ratio ** 2
  if (head !== null && head > IMPOSSIBLE_HEAD * largestHead) {
    return { subject: 'head', text: `head reads ${head.toFixed(1)} m, and the pump gives at most ${largestHead.toFixed(1)} m` }
  }
  if (head !== null && expectedHead !== null && head < DROPPED_SHARE * expectedHead && agree(power, expectedPower)) {
    return {
      subject: 'head',
      text: `head reads ${head.toFixed(1)} m while flow and power are those of ${expectedHead.toFixed(1)} m`,
    }
  }
  if (power !== null && expectedPower !== null && power < DROPPED_SHARE * expectedPower && agree(head, expectedHead)) {
    return {
      subject: 'power',
      text: `power reads ${power.toFixed(2)} kW while flow and head are those of ${expectedPower.toFixed(2)} kW`,
    }
  }
  if (flow0 >= DROPPED_SHARE * most || head === null || power === null) return null
  const none = powerOf(least)
  if (none === null || Math.abs(power - none) < TELLING * power) return null
  const fits = testedFlows(curve).some(
    (flowM3h) =>
      flowM3h >= FLOWING_SHARE * most && agree(head, headAt(curve, flowM3h) * ratio ** 2) && agree(power, powerOf(flowM3h)),
  )
  if (!fits) return null
  return {
    subject: 'flow',
    text: `flow reads ${flow.toFixed(1)} m³/h while head and power are those of a pump that moves liquid`,
  }
}

function agree(value: number | null, expected: number | null): boolean {
  return value !== null && expected !== null && Math.abs(value - expected) <= AGREEMENT * expected
}
