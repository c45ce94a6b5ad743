import type { Dataset } from './dataset.ts'
import { createRandom, shuffled } from './random.ts'

/**
 * Parts the runs into folds, each with its share of the runs that end in each class. Returns the fold of each run;
 * rows of one run never come apart.
 */
export function foldsByRun(dataset: Dataset, folds: number, seed: number): Int32Array {
  const ends = new Map<number, number>()
  for (let row = 0; row < dataset.rows; row++) ends.set(dataset.runs[row] as number, dataset.labels[row] as number)
  const order = shuffled(dataset.runNames.length, createRandom(seed, 7001))
  const byEnd = [...order].sort((a, b) => (ends.get(a) ?? -1) - (ends.get(b) ?? -1))
  const foldOf = new Int32Array(dataset.runNames.length)
  for (const [place, run] of byEnd.entries()) foldOf[run] = place % folds
  return foldOf
}

/** The runs whose fold fits. */
export function runsWhere(foldOf: Int32Array, fits: (fold: number) => boolean): Set<number> {
  return new Set([...foldOf.keys()].filter((run) => fits(foldOf[run] as number)))
}
