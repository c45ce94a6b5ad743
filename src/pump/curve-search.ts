import { type Curves, efficiencyAt, headAt } from './curve.ts'

/** Steps in which a curve is searched. */
const STEPS = 400

/** Flows over the whole tested range [m³/h]. */
export function testedFlows({ flow_range_m3h: [least, most] }: Pick<Curves, 'flow_range_m3h'>): number[] {
  return Array.from({ length: STEPS + 1 }, (_, step) => least + ((most - least) * step) / STEPS)
}

/** Flow of the largest head [m³/h]; the smallest tested flow where the head falls from the start. */
export function peakFlowOf(curves: Omit<Curves, 'peak_flow_m3h'>): number {
  const whole = { ...curves, peak_flow_m3h: 0 }
  return largestAt(whole, (flow) => headAt(whole, flow))
}

/** Flow of best efficiency [m³/h]; null when it is at an end of the tested range, or efficiency is unknown. */
export function bestFlowOf(curves: Curves): number | null {
  const [least, most] = curves.flow_range_m3h
  if (efficiencyAt(curves, most) === null) return null
  const best = largestAt(curves, (flow) => efficiencyAt(curves, flow) ?? 0)
  const step = (most - least) / STEPS
  return best - least < step || most - best < step ? null : best
}

function largestAt(curves: Curves, of: (flowM3h: number) => number): number {
  const [least, most] = curves.flow_range_m3h
  let best = testedFlows(curves).reduce((largest, flow) => (of(flow) > of(largest) ? flow : largest))
  let step = (most - least) / STEPS
  // Twelve halvings of a quarter of a percent of the range: finer than any test.
  for (let halving = 0; halving < 12; halving++) {
    step /= 2
    for (const flow of [best - step, best + step]) {
      if (flow >= least && flow <= most && of(flow) > of(best)) best = flow
    }
  }
  return best
}
