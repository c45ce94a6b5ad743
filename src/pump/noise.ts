/** Standard deviation over mean distance of a normal distribution: √(π/2). */
const SIGMA_OF_MEAN_DISTANCE = Math.sqrt(Math.PI / 2)

/** Values left out at either end before a mean is taken. Ours. */
const TRIMMED_SHARE = 0.01

/**
 * Standard deviation of values about a centre, from the mean of distances without the largest hundredth: wild values
 * hardly count, and a quantised meter has one. Zero for no values. Example: 1, −1, 1, −1 about 0 have a mean distance
 * of 1 and so 1.25. Source: ours.
 */
export function scatter(values: readonly number[], centre: number): number {
  const distances = values.map((value) => Math.abs(value - centre)).sort((a, b) => a - b)
  const kept = distances.slice(0, Math.max(1, Math.ceil(distances.length * (1 - TRIMMED_SHARE))))
  return kept.length === 0 ? 0 : (SIGMA_OF_MEAN_DISTANCE * kept.reduce((sum, distance) => sum + distance, 0)) / kept.length
}
