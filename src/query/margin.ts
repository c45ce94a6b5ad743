import { PARAMETERS, type Parameter } from '../pump/quantities.ts'
import type { Reported } from './reported.ts'

/** A deviation beside the limit that it is measured against. */
export interface Margin {
  readonly parameter: Parameter
  /** [% of the baseline] */
  readonly deviation: number
  /** The limit on that side [% of the baseline]; null where the grade has none there. */
  readonly limit: number | null
  /** How far outside the limit [percentage points]; negative inside, null without a limit. */
  readonly beyond: number | null
}

/** The worst of the parameters that an anomaly names: farthest beyond its limit, then greatest; null without any. */
export function worstMargin(anomaly: Reported): Margin | null {
  const margins = PARAMETERS.filter((name) => anomaly.parameters.includes(name)).flatMap((name) => marginOf(anomaly, name) ?? [])
  return margins.reduce<Margin | null>((worst, margin) => (worst === null || isWorse(margin, worst) ? margin : worst), null)
}

/** How one parameter stands to the limit nearest to it; null when it was not measured. */
function marginOf({ deviations, thresholds }: Reported, parameter: Parameter): Margin | null {
  const deviation = deviations[parameter]
  if (deviation === null) return null
  const { min, max } = thresholds[parameter]
  const over = max === null ? null : { limit: max, beyond: deviation - max }
  const under = min === null ? null : { limit: min, beyond: min - deviation }
  const side = under === null || (over !== null && over.beyond >= under.beyond) ? over : under
  return { parameter, deviation, limit: side?.limit ?? null, beyond: side?.beyond ?? null }
}

export function isWorse(a: Margin, b: Margin): boolean {
  const [x, y] = [a.beyond ?? Number.NEGATIVE_INFINITY, b.beyond ?? Number.NEGATIVE_INFINITY]
  return x === y ? Math.abs(a.deviation) > Math.abs(b.deviation) : x > y
}
