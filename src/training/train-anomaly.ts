import { basename, resolve } from 'node:path'
import { type CommandIo, parseOptions } from '../command.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import type { ModelMetadata } from '../model/metadata.ts'
import { nearestName } from '../nearest.ts'
import { type AnomalyModel, fitAnomalyModel, HEALTHY, type HealthyData, type LearningOf, laterAlarms } from './anomaly-model.ts'
import { healthySignals } from './healthy-signals.ts'
import { readPump } from './inputs.ts'
import { dataHash, longestWindow, sha256, writeModel } from './model-files.ts'
import { number, oneOf, required } from './option-values.ts'
import { type Run, readRun } from './run-points.ts'

const PROGRAM = 'pump-monitor train'

export const ANOMALY_HELP = `with --kind anomaly, which needs healthy readings only and no label:

usage: ${PROGRAM} --kind anomaly --data CSV… --columns FILE --baseline FILE --out DIR [options]

  --detector D           shift: lasting shifts of the mean of 25 readings, signal by signal; pca: Hotelling's T² and Q of
                         single readings (default: shift)
  --least NAME=X,…       least shift that counts of a channel or quantity, in its own unit (points, of a deviation);
                         shift only (default: 0.8 points of a deviation, else 5 % of the mean)
  --pump, --config, --name, --model-version, --description as above

  ${PROGRAM} --kind anomaly --data healthy.csv --columns columns.json --baseline baseline.csv --out models/well-1
`

const OPTIONS = {
  kind: { type: 'string' },
  data: { type: 'string', multiple: true },
  columns: { type: 'string' },
  baseline: { type: 'string' },
  out: { type: 'string' },
  pump: { type: 'string' },
  config: { type: 'string' },
  detector: { type: 'string', default: 'shift' },
  least: { type: 'string', default: '' },
  name: { type: 'string' },
  'model-version': { type: 'string', default: '1.0.0' },
  description: { type: 'string', default: '' },
} as const

interface AnomalyOptions {
  readonly data: readonly string[]
  readonly out: string
  readonly learning: LearningOf
  readonly name: string
  readonly modelVersion: string
  readonly description: string
}

/** Learns what health looks like and writes a model that scores how far a reading is from it. */
export async function trainAnomaly(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(PROGRAM, argv, OPTIONS)
  const options = anomalyOptions(values, positionals)
  const baseline = required(PROGRAM, 'baseline', values.baseline)
  const columnsFile = required(PROGRAM, 'columns', values.columns)
  const pumpFiles = { columns: columnsFile, baseline, pump: values.pump ?? null, config: values.config ?? null, tolerances: null }
  const { columns, setup, warnings } = readPump(pumpFiles, io.cwd)
  for (const warning of warnings) io.stderr(`${baseline}: ${warning}\n`)
  const runs: Run[] = []
  const points = { columns, setup, labelColumn: null, normal: HEALTHY, rulColumn: null, cwd: io.cwd }
  for (const file of options.data) runs.push(await readRun(file, points))
  const { signals, sparse } = healthySignals(runs, columns)
  for (const name of sparse) io.stderr(`${name} is left out: too many readings lack it\n`)
  refuseUnknownNames(
    options.learning,
    signals.map(({ source }) => source),
  )

  const healthy: HealthyData = { where: options.data[0] ?? '', runs, signals }
  const model = await fitAnomalyModel(healthy, options.learning)
  for (const name of model.still) {
    io.stderr(`${name} is left out: it never moves, and nothing tells how far it may (--least NAME=X does)\n`)
  }
  const later = await laterAlarms(healthy, options.learning)
  const metrics = {
    data: { files: options.data.length, sha256: dataHash(options.data, io.cwd) },
    healthy: { runs: runs.length, rows: model.rows },
    learnt_on_three_quarters: later,
    says: model.says,
  }
  writeModel(resolve(io.cwd, options.out), { ...model, metadata: metadataOf(options, model, metrics) })
  const share = later === null ? 'too few rows to tell' : `${(later.alarm_share * 100).toFixed(1)} % of ${later.rows} rows`
  io.stdout(
    `${options.out}: model.onnx, scaler.json, metadata.json; threshold ${model.threshold}\n${model.says.join('\n')}\n` +
      `learnt on three quarters of each file, alarms in the last quarter: ${share}\n`,
  )
  return EXIT.ok
}

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>['values']

function anomalyOptions(values: Values, positionals: readonly string[]): AnomalyOptions {
  const [first, ...others] = values.data ?? []
  const out = required(PROGRAM, 'out', values.out)
  return {
    data: [required(PROGRAM, 'data', first), ...others, ...positionals],
    out,
    learning: { detector: oneOf('detector', values.detector, ['shift', 'pca']), least: leastShifts(values.least) },
    name: values.name ?? basename(resolve(out)),
    modelVersion: values['model-version'],
    description: values.description,
  }
}

function leastShifts(text: string): Record<string, number> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '')
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return [name.trim(), number('least', value, 1e-9, 1e9)]
    }),
  )
}

function refuseUnknownNames({ least }: LearningOf, known: readonly string[]): void {
  for (const name of Object.keys(least)) {
    if (known.includes(name)) continue
    const near = nearestName(name, known)
    const mend = near === null ? `the data have ${known.join(', ')}` : `did you mean ${near}?`
    throw new UsageFailure({ where: '--least', what: `names ${name}, which is not learnt`, mend })
  }
}

function metadataOf(
  options: AnomalyOptions,
  { scaler, onnx, threshold }: AnomalyModel,
  metrics: Record<string, unknown>,
): ModelMetadata {
  return {
    schema_version: 1,
    name: options.name,
    version: options.modelVersion,
    kind: 'anomaly-score',
    description: options.description,
    features: [...scaler.features],
    window: longestWindow(scaler.features),
    classes: [],
    failure_classes: [],
    input: 'input',
    outputs: { probabilities: null, score: 'score', rul_days: null },
    threshold,
    metrics,
    sha256: sha256(onnx),
  }
}
