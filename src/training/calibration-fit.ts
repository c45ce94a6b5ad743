import type { CalibrationCurve } from '../model/calibration.ts'
import { rounded } from './metrics.ts'

/** Rows that share a knot at least; fewer would follow single runs. */
const SHARED_ROWS = 200
const MOST_KNOTS = 24

interface Pool {
  readonly rows: number
  readonly said: number
  readonly truly: number
}

/**
 * Fits each class's calibration curve by isotonic regression (pool adjacent violators) on out-of-bag probabilities,
 * row-major; rows that are NaN are left out. Source: Zadrozny and Elkan, Transforming classifier scores into accurate
 * multiclass probability estimates, 2002; linear between the pools' means instead of steps.
 */
export function fitCalibration(
  outOfBag: Float64Array,
  labels: Uint8Array,
  classes: readonly string[],
): Record<string, CalibrationCurve> {
  return Object.fromEntries(classes.map((name, c) => [name, curveOf(outOfBag, labels, c, classes.length)]))
}

function curveOf(outOfBag: Float64Array, labels: Uint8Array, c: number, classes: number): CalibrationCurve {
  const rows = [...labels.keys()].filter((row) => !Number.isNaN(outOfBag[row * classes + c] as number))
  rows.sort((a, b) => (outOfBag[a * classes + c] as number) - (outOfBag[b * classes + c] as number) || a - b)
  const size = Math.max(SHARED_ROWS, Math.ceil(rows.length / 1000))
  const groups: Pool[] = []
  for (let start = 0; start < rows.length; start += size) {
    const group = rows.slice(start, start + size)
    const said = group.reduce((sum, row) => sum + (outOfBag[row * classes + c] as number), 0)
    groups.push({ rows: group.length, said, truly: group.filter((row) => labels[row] === c).length })
  }
  const pools = thinned(pooled(groups))
  const said = pools.map((pool) => rounded(pool.said / pool.rows))
  const kept = said.flatMap((value, i) => (i === 0 || value > (said[i - 1] as number) ? [i] : []))
  return {
    said: kept.map((i) => said[i] as number),
    truly: kept.map((i) => rounded((pools[i] as Pool).truly / (pools[i] as Pool).rows)),
  }
}

/** Joins neighbours until the share of truths does not fall. */
function pooled(groups: readonly Pool[]): Pool[] {
  const pools: Pool[] = []
  for (const group of groups) {
    let joined = group
    for (
      let last = pools.at(-1);
      last !== undefined && last.truly / last.rows >= joined.truly / joined.rows;
      last = pools.at(-1)
    ) {
      joined = join(last, joined)
      pools.pop()
    }
    pools.push(joined)
  }
  return pools
}

/** Joins the neighbours that differ least until few enough are left. */
function thinned(pools: Pool[]): Pool[] {
  while (pools.length > MOST_KNOTS) {
    const steps = pools.slice(1).map((pool, i) => pool.truly / pool.rows - (pools[i] as Pool).truly / (pools[i] as Pool).rows)
    const least = steps.indexOf(Math.min(...steps))
    pools.splice(least, 2, join(pools[least] as Pool, pools[least + 1] as Pool))
  }
  return pools
}

function join(a: Pool, b: Pool): Pool {
  return { rows: a.rows + b.rows, said: a.said + b.said, truly: a.truly + b.truly }
}
