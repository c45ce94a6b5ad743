import type { Random } from './random.ts'

/** How a tree's rows are drawn. `runs`: whole runs, so that out-of-bag rows have no near twins in the bag. */
export interface BagSettings {
  readonly by: 'rows' | 'runs'
  /** Share of the drawn rows that is kept, 0…1; neighbours in time say little that is new. */
  readonly share: number
}

/** How often each row is in the bag: drawn with replacement, as many as there are. */
export function drawBag(runs: Int32Array, settings: BagSettings, random: Random): Uint8Array {
  const bag = new Uint8Array(runs.length)
  if (settings.by === 'rows') {
    const rows = runs.length
    for (let draw = 0; draw < rows; draw++) {
      const row = random.integer(rows)
      if (settings.share >= 1 || random.uniform() < settings.share) bag[row] = Math.min(255, (bag[row] as number) + 1)
    }
    return bag
  }
  const count = runs.reduce((most, run) => Math.max(most, run + 1), 0)
  const drawn = new Uint8Array(count)
  for (let i = 0; i < count; i++) {
    const run = random.integer(count)
    drawn[run] = (drawn[run] as number) + 1
  }
  for (let row = 0; row < runs.length; row++) {
    if (settings.share >= 1 || random.uniform() < settings.share) bag[row] = drawn[runs[row] as number] as number
  }
  return bag
}
