/** What a pump does at one speed. */
export interface OperatingPoint {
  readonly flowM3h: number
  readonly headM: number
  readonly powerKw: number
}

/**
 * Speeds, as a share of the tested one, between which the affinity laws are used. Source: ours; efficiency moves by
 * less than 2 points within it on the corrections that are in use (Sarbu and Borza 1998: 100 − (100 − η)·(n0/n)^0.1).
 */
export const AFFINITY_RANGE = { min: 0.5, max: 1.2 } as const

/**
 * The operating point at another speed of the same pump that is hydraulically similar to a given one.
 *
 *     Q ∝ n;  H ∝ n²;  P ∝ n³
 *
 * ratio n/n0 [1]. Result in the units of the input; efficiency is unchanged. For differential head only: static head
 * of a system does not follow speed. Judged within AFFINITY_RANGE. Example: 100 m³/h, 32 m and 12 kW at 1,750 rpm
 * are 200 m³/h, 128 m and 96 kW at 3,500 rpm. Source: ISO 9906:2012, 6.1.2 (conversion to the specified speed);
 * the example from the definition (doubling the speed gives factors of 2, 4 and 8).
 */
export function atSpeedRatio({ flowM3h, headM, powerKw }: OperatingPoint, ratio: number): OperatingPoint {
  return { flowM3h: flowM3h * ratio, headM: headM * ratio ** 2, powerKw: powerKw * ratio ** 3 }
}
