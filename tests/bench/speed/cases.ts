import { NODE, OURS, OURS_PLAIN, PYTHON_FOREST, PYTHON_PLAIN } from './names.ts'
import type { Comparison, Subject } from './rounds.ts'
import { type BatchName, dropCaches, type Workshop } from './workshop.ts'

/** The comparisons, from a name for --only to what it runs; `rounds` scales how often. */
export const COMPARISONS: Readonly<Record<string, (workshop: Workshop, rounds: (usual: number) => number) => Comparison>> = {
  start: (workshop, rounds) => ({
    title: '24 rows, warm file cache',
    rounds: rounds(21),
    subjects: [...bothWith(workshop, '24'), nothing()],
  }),
  cold: (workshop, rounds) => ({
    title: '24 rows, cold file cache',
    rounds: rounds(5),
    before: dropCaches,
    subjects: [...bothWith(workshop, '24'), nothing()],
  }),
  '20k': (workshop, rounds) => ({
    title: '20,000 rows',
    rounds: rounds(7),
    subjects: bothWith(workshop, '20000'),
  }),
  '2m': (workshop, rounds) => ({
    title: '2,000,000 rows',
    rounds: rounds(3),
    subjects: bothWith(workshop, '2000000'),
  }),
  spool: (workshop, rounds) => ({
    title: '24 rows, anomalies waiting for an API that is not configured',
    rounds: rounds(11),
    subjects: [0, 10_000].map((spool) =>
      workshop.ours(`${spool.toLocaleString('en')} waiting`, { executable: workshop.pump.withForest, batch: '24', spool }),
    ),
  }),
}

function bothWith(workshop: Workshop, batch: BatchName): Subject[] {
  const { withForest, withoutModel } = workshop.pump
  return [
    workshop.ours(OURS, { executable: withForest, batch }),
    workshop.python(PYTHON_FOREST, batch, true),
    workshop.ours(OURS_PLAIN, { executable: withoutModel, batch }),
    workshop.python(PYTHON_PLAIN, batch, false),
  ].filter((subject) => subject !== null)
}

function nothing(): Subject {
  return { name: NODE, command: [process.execPath, '-e', '0'] }
}
