import { parseOptions } from '../command.ts'
import { UsageFailure } from '../failure.ts'
import { checkFeatureNames } from '../model/feature-names.ts'
import type { TrainingSettings } from './trained-model.ts'

/** What `train` is asked to do. */
export interface TrainOptions {
  readonly data: readonly string[]
  readonly columns: string
  readonly baseline: string
  /** Pump to look for in the baseline file; null: the value of the columns' pump filter. */
  readonly pump: string | null
  readonly out: string
  readonly label: string
  readonly rul: string | null
  readonly normal: string
  readonly features: readonly string[] | null
  readonly name: string | null
  readonly modelVersion: string
  readonly description: string
  readonly holdout: number
  readonly forest: TrainingSettings
}

const PROGRAM = 'pump-monitor train'

export const TRAIN_HELP = `Trains a model on labelled readings, one CSV file per run, and writes model.onnx, scaler.json and metadata.json.

usage: ${PROGRAM} --data CSV… --label COLUMN --columns FILE --baseline FILE --out DIR [options]

  --data CSV…            readings, one file per run (a life, a test, an experiment); rows of one run never lie on
                         both sides of the split
  --label COLUMN         column that holds the true class of a row; rows without one are left out
  --columns FILE         columns.json of the pump
  --baseline FILE        baseline CSV of the pump
  --out DIR              where the model goes
  --kind forest          kind of model (default: forest)
  --pump NAME            pump in the baseline file (default: the value of the pump filter in the columns file)
  --rul COLUMN           column with the days to failure (empty: the run ends in health): the model learns the
                         remaining useful life too
  --rul-horizon D        longest remaining useful life that is learnt, in days (default: 30)
  --normal CLASS         the class of a healthy pump; all others announce a failure (default: normal)
  --features A,B,…       features (default: mean and scatter of 24 readings, mean and slope of 168, of each deviation)
  --trees N              number of trees (default: 60)
  --max-depth N          depth of a tree (default: 12)
  --min-leaf N           fewest rows in a leaf (default: 20)
  --class-weight W       none, or balanced: rare classes count as much as common ones (default: none)
  --bag rows|runs        what a tree draws; runs keep the out-of-bag estimate honest (default: runs)
  --bag-share X          share of the drawn rows that a tree uses (default: 0.25)
  --holdout X            share of the runs kept aside to measure on (default: 0.25)
  --seed N               the same seed and data give the same files (default: 1)
  --name NAME            name of the model (default: the name of DIR)
  --model-version V      version of the model (default: 1.0.0)
  --description TEXT     how the data came about

exit status: 0 done, 64 usage, 65 data that cannot be read or learnt from, 73 DIR cannot be written, 78 wrong columns or baseline

  ${PROGRAM} --data runs/*.csv --label label --columns columns.json --baseline baseline.csv --out models/well-1
`

/** Strict options of `train`; mistakes are usage failures. */
export function trainOptions(argv: readonly string[]): TrainOptions {
  const { values, positionals } = parseOptions(PROGRAM, argv, {
    data: { type: 'string', multiple: true },
    label: { type: 'string' },
    columns: { type: 'string' },
    baseline: { type: 'string' },
    out: { type: 'string' },
    kind: { type: 'string', default: 'forest' },
    pump: { type: 'string' },
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
    holdout: { type: 'string', default: '0.25' },
    seed: { type: 'string', default: '1' },
    name: { type: 'string' },
    'model-version': { type: 'string', default: '1.0.0' },
    description: { type: 'string', default: '' },
  })
  oneOf('kind', values.kind, ['forest'])
  return {
    data: [required('data', values.data?.[0]), ...(values.data ?? []).slice(1), ...positionals],
    columns: required('columns', values.columns),
    baseline: required('baseline', values.baseline),
    pump: values.pump ?? null,
    out: required('out', values.out),
    label: required('label', values.label),
    rul: values.rul ?? null,
    normal: values.normal,
    features: values.features === undefined ? null : featureList(values.features),
    name: values.name ?? null,
    modelVersion: values['model-version'],
    description: values.description,
    holdout: number('holdout', values.holdout, 0.05, 0.5),
    forest: {
      trees: whole('trees', values.trees, 1, 10_000),
      maxDepth: whole('max-depth', values['max-depth'], 1, 60),
      minLeaf: whole('min-leaf', values['min-leaf'], 1, 1_000_000),
      classWeight: oneOf('class-weight', values['class-weight'], ['none', 'balanced']),
      bag: { by: oneOf('bag', values.bag, ['rows', 'runs']), share: number('bag-share', values['bag-share'], 0.001, 1) },
      rulHorizonDays: number('rul-horizon', values['rul-horizon'], 0.01, 100_000),
      seed: whole('seed', values.seed, 0, 2 ** 31 - 1),
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

function required(option: string, value: string | undefined): string {
  if (value !== undefined) return value
  throw new UsageFailure({ where: PROGRAM, what: `--${option} is missing`, mend: `see ${PROGRAM} --help` })
}

function oneOf<const T extends string>(option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((one) => one === value)
  if (found !== undefined) return found
  throw new UsageFailure({ where: `--${option}`, what: `is ${value}`, mend: `use ${allowed.join(' or ')}` })
}

function whole(option: string, text: string, least: number, most: number): number {
  const value = number(option, text, least, most)
  if (Number.isInteger(value)) return value
  throw new UsageFailure({ where: `--${option}`, what: `is ${text}`, mend: 'give a whole number' })
}

function number(option: string, text: string, least: number, most: number): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (value >= least && value <= most) return value
  throw new UsageFailure({ where: `--${option}`, what: `is ${text}`, mend: `give a number from ${least} to ${most}` })
}
