import { availableParallelism } from 'node:os'
import { UsageFailure } from '../failure.ts'
import { checkFeatureNames } from '../model/feature-names.ts'
import { number, oneOf, required, whole } from './option-values.ts'
import type { DataOptions } from './read-dataset.ts'
import type { TrainingSettings } from './trained-model.ts'

/** What `train` and `evaluate` have in common. */
export const LEARNING_OPTIONS = {
  data: { type: 'string', multiple: true },
  label: { type: 'string' },
  columns: { type: 'string' },
  baseline: { type: 'string' },
  out: { type: 'string' },
  kind: { type: 'string', default: 'forest' },
  pump: { type: 'string' },
  config: { type: 'string' },
  tolerances: { type: 'string' },
  rul: { type: 'string' },
  'rul-horizon': { type: 'string', default: '30' },
  normal: { type: 'string', default: 'normal' },
  features: { type: 'string' },
  trees: { type: 'string', default: '60' },
  'max-depth': { type: 'string', default: '12' },
  'min-leaf': { type: 'string', default: '20' },
  'class-weight': { type: 'string', default: 'none' },
  bag: { type: 'string', default: 'runs' },
  'bag-share': { type: 'string', default: '0.25' },
  seed: { type: 'string', default: '1' },
  threads: { type: 'string' },
} as const

export const LEARNING_HELP = `  --data CSV…            readings, one file per run (a life, a test, an experiment); rows of one run never lie on
                         both sides of a split
  --label COLUMN         column that holds the true class of a row; rows without one are left out
  --columns FILE         columns.json of the pump
  --baseline FILE        baseline of the pump, CSV or JSON
  --pump NAME            pump in the baseline file (default: the value of the pump filter in the columns file)
  --config FILE          deployment.json of the pump (default: every default of it)
  --normal CLASS         the class of a healthy pump; all others announce a failure (default: normal)
  --rul COLUMN           column with the days to failure (empty: the run ends in health): the model learns the
                         remaining useful life too
  --rul-horizon D        longest remaining useful life that is learnt, in days (default: 30)
  --features A,B,…       features (default: mean and scatter of 24 readings, mean and slope of 168, of each deviation)
  --kind forest          kind of model (default: forest)
  --trees N              number of trees (default: 60)
  --max-depth N          depth of a tree (default: 12)
  --min-leaf N           fewest rows in a leaf (default: 20)
  --class-weight W       none, or balanced: rare classes count as much as common ones (default: none)
  --bag rows|runs        what a tree draws; runs keep the out-of-bag estimate honest (default: runs)
  --bag-share X          share of the drawn rows that a tree uses (default: 0.25)
  --seed N               the same seed and data give the same files (default: 1)
  --threads N            threads to grow trees on; the result does not depend on it (default: one per processor)
`

type Values = { readonly [K in keyof typeof LEARNING_OPTIONS]?: string | string[] | undefined }

export interface LearningOptions {
  readonly data: Omit<DataOptions, 'fewestRuns'>
  readonly out: string
  readonly forest: TrainingSettings
  readonly threads: number
}

/** Checks the values of `LEARNING_OPTIONS`; files after the first one of --data come as positionals. */
export function learningOptions(program: string, values: Values, positionals: readonly string[]): LearningOptions {
  const text = (option: keyof Values) => values[option] as string
  const optional = (option: keyof Values) => (values[option] as string | undefined) ?? null
  const [first, ...others] = (values.data ?? []) as string[]
  oneOf('kind', text('kind'), ['forest'])
  return {
    data: {
      data: [required(program, 'data', first), ...others, ...positionals],
      columns: required(program, 'columns', optional('columns') ?? undefined),
      baseline: required(program, 'baseline', optional('baseline') ?? undefined),
      label: required(program, 'label', optional('label') ?? undefined),
      pump: optional('pump'),
      config: optional('config'),
      tolerances: optional('tolerances'),
      rul: optional('rul'),
      normal: text('normal'),
      features: values.features === undefined ? null : featureList(text('features')),
    },
    out: required(program, 'out', optional('out') ?? undefined),
    threads: whole('threads', optional('threads') ?? String(Math.min(availableParallelism(), 64)), 1, 64),
    forest: {
      trees: whole('trees', text('trees'), 1, 10_000),
      maxDepth: whole('max-depth', text('max-depth'), 1, 60),
      minLeaf: whole('min-leaf', text('min-leaf'), 1, 1_000_000),
      classWeight: oneOf('class-weight', text('class-weight'), ['none', 'balanced']),
      bag: { by: oneOf('bag', text('bag'), ['rows', 'runs']), share: number('bag-share', text('bag-share'), 0.001, 1) },
      rulHorizonDays: number('rul-horizon', text('rul-horizon'), 0.01, 100_000),
      seed: whole('seed', text('seed'), 0, 2 ** 31 - 1),
    },
  }
}

function featureList(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  const sources = names.map((name) => name.split('.')[0] as string)
  const [problem] = checkFeatureNames(names, sources)
  if (problem !== undefined) throw new UsageFailure({ where: '--features', what: problem.what, mend: problem.mend })
  return names
}
