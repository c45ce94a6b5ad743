/** A class's way from what the model says to how often it was right, on runs that its trees had not seen. */
export interface CalibrationCurve {
  /** Rising, 0…1. */
  readonly said: readonly number[]
  /** Not falling, 0…1. */
  readonly truly: readonly number[]
}

/** The calibrated probability: linear between the curve's knots, constant outside. Only + − × ÷, so equal on every machine. */
export function calibrated(probability: number, { said, truly }: CalibrationCurve): number {
  const above = said.findIndex((knot) => knot >= probability)
  if (above === -1) return truly.at(-1) ?? probability
  if (above === 0) return truly[0] as number
  const [from, to] = [said[above - 1] as number, said[above] as number]
  const [low, high] = [truly[above - 1] as number, truly[above] as number]
  return low + ((probability - from) / (to - from)) * (high - low)
}
