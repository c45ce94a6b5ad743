import { NODE, OURS, OURS_PLAIN, PYTHON_FOREST, PYTHON_PLAIN } from './names.ts'
import { type Figures, middle, ratio } from './rounds.ts'

export interface Goal {
  readonly goal: string
  readonly most: number
  /** What would be better still. */
  readonly beyond?: number
  /** null: not measured in this run. */
  readonly found: number | null
  readonly digits?: number
}

/** What the figures must reach: medians of the ratios of interleaved pairs. */
export function goalsOf(
  cases: Readonly<Record<string, Figures>>,
  wear: Readonly<Record<string, number>>,
  bundleBytes: number,
): Goal[] {
  const { start, '20k': many, '2m': most } = cases
  const growth = (name: string): number | null => {
    const [large, small] = [middle(most, name, 'peak_mb'), middle(many, name, 'peak_mb')]
    return large === null || small === null ? null : large / small
  }
  return [
    {
      goal: '24 rows, forest: wall, of the Python peer',
      most: 1 / 6,
      found: ratio(start, OURS, PYTHON_FOREST, 'wall_ms'),
      digits: 3,
    },
    {
      goal: '24 rows, forest: processor, of the Python peer',
      most: 1 / 6,
      found: ratio(start, OURS, PYTHON_FOREST, 'cpu_ms'),
      digits: 3,
    },
    { goal: '24 rows, forest: wall, of `node -e 0`', most: 3.5, found: ratio(start, OURS, NODE, 'wall_ms') },
    { goal: '24 rows, no model: wall, of `node -e 0`', most: 1.6, found: ratio(start, OURS_PLAIN, NODE, 'wall_ms') },
    {
      goal: '24 rows, forest: peak memory, of the Python peer',
      most: 0.8,
      beyond: 0.7,
      found: ratio(start, OURS, PYTHON_FOREST, 'peak_mb'),
    },
    { goal: '2,000,000 rows, forest: wall, of the Python peer', most: 0.5, found: ratio(most, OURS, PYTHON_FOREST, 'wall_ms') },
    {
      goal: '2,000,000 rows, no model: wall, of the Python peer',
      most: 0.5,
      found: ratio(most, OURS_PLAIN, PYTHON_PLAIN, 'wall_ms'),
    },
    { goal: '2,000,000 rows, forest: peak memory, of 20,000 rows', most: 1.2, found: growth(OURS) },
    { goal: '2,000,000 rows, no model: peak memory, of 20,000 rows', most: 1.2, found: growth(OURS_PLAIN) },
    { goal: 'JavaScript on the device [KB]', most: 200, found: bundleBytes / 1000, digits: 1 },
    { goal: 'a run with nothing new writes [KiB]', most: 4, found: kib(wear['nothing new']) },
    { goal: 'a run of 24 rows writes beside its results [KiB]', most: 64, found: kib(wear['24 rows']) },
  ]
}

function kib(bytes: number | undefined): number | null {
  return bytes === undefined ? null : bytes / 1024
}
