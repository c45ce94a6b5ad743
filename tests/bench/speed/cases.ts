import type { BatchName } from './batches.ts'
import { BEFORE, BEFORE_PLAIN, NODE, OURS, OURS_PLAIN, PYTHON_FOREST, PYTHON_PLAIN } from './names.ts'
import { packaging } from './packaging.ts'
import type { Comparison, Subject } from './rounds.ts'
import { dropCaches, type Workshop } from './workshop.ts'

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
      workshop.ours(
        `${spool.toLocaleString('en')} waiting`,
        { executable: workshop.pump.withForest, batch: '24', spool },
        NONE_WAITING,
      ),
    ),
  }),
  others: (workshop, rounds) => {
    const options = { executable: workshop.pump.withForest, batch: '24' } as const
    return {
      title: 'Other runs, with the forest',
      rounds: rounds(11),
      subjects: [
        workshop.ours(IN_SERVICE, options),
        workshop.ours('nothing new', { ...options, past: 'batch judged' }, IN_SERVICE),
        workshop.ours('the first run, libraries extracted', { ...options, past: 'new' }, IN_SERVICE),
      ],
    }
  },
  'package-1': (workshop, rounds) => packaging(workshop, 1, rounds(5)),
  'package-10': (workshop, rounds) => packaging(workshop, 10, rounds(3)),
  'package-100': (workshop, rounds) => packaging(workshop, 100, rounds(1)),
}

const IN_SERVICE = '24 rows'
const NONE_WAITING = '0 waiting'

function bothWith(workshop: Workshop, batch: BatchName): Subject[] {
  const { pump, before } = workshop
  const forest = workshop.python(PYTHON_FOREST, batch, true)
  const plain = workshop.python(PYTHON_PLAIN, batch, false)
  return [
    workshop.ours(OURS, { executable: pump.withForest, batch }, forest?.name),
    before === null ? null : workshop.ours(BEFORE, { executable: before.withForest, batch }, OURS),
    forest,
    workshop.ours(OURS_PLAIN, { executable: pump.withoutModel, batch }, plain?.name),
    before === null ? null : workshop.ours(BEFORE_PLAIN, { executable: before.withoutModel, batch }, OURS_PLAIN),
    plain,
  ].filter((subject) => subject !== null)
}

function nothing(): Subject {
  return { name: NODE, command: [process.execPath, '-e', '0'] }
}
