import { basename, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT } from '../failure.ts'
import type { ModelMetadata } from '../model/metadata.ts'
import { answersOf } from './answers.ts'
import { type Dataset, rowsOfRuns } from './dataset.ts'
import { type Evaluation, evaluate, outOfBagMetrics, type TrivialModels, trivialAnswers, trivialMetrics } from './evaluation.ts'
import { foldsByRun, runsWhere } from './holdout.ts'
import { LEARNING_HELP, LEARNING_OPTIONS, type LearningOptions, learningOptions } from './learning-options.ts'
import { dataHash, longestWindow, sha256, writeModel } from './model-files.ts'
import { onnxModel } from './onnx-forest.ts'
import { number } from './option-values.ts'
import { progressOn } from './progress.ts'
import { readDataset } from './read-dataset.ts'
import { ANOMALY_HELP, trainAnomaly } from './train-anomaly.ts'
import { type TrainedModel, trainModel } from './trained-model.ts'

const PROGRAM = 'pump-monitor train'

const HELP = `Trains a model on labelled readings, one CSV file per run, and writes model.onnx, scaler.json and metadata.json.
With --kind anomaly it learns from healthy readings alone: see the end.

usage: ${PROGRAM} --data CSV… --label COLUMN --columns FILE --baseline FILE --out DIR [options]

  --out DIR              where the model goes
${LEARNING_HELP}  --holdout X            share of the runs kept aside to measure on (default: 0.25)
  --name NAME            name of the model (default: the name of DIR)
  --model-version V      version of the model (default: 1.0.0)
  --description TEXT     how the data came about

exit status: 0 done, 64 usage, 65 data that cannot be read or learnt from, 73 DIR cannot be written, 78 wrong columns or baseline

  ${PROGRAM} --data runs/*.csv --label label --columns columns.json --baseline baseline.csv --out models/well-1

${ANOMALY_HELP}`

/** `pump-monitor train`: labelled readings in, a model that can be packaged out. */
export const trainCommand: Command = { help: HELP, run: train }

/** The kinds share few options, so that each has a parser of its own. */
function isAnomaly(argv: readonly string[]): boolean {
  return argv.includes('--kind=anomaly') || argv[argv.indexOf('--kind') + 1] === 'anomaly'
}

interface TrainOptions extends LearningOptions {
  readonly holdout: number
  readonly name: string
  readonly modelVersion: string
  readonly description: string
}

async function train(argv: readonly string[], io: CommandIo): Promise<number> {
  if (isAnomaly(argv)) return await trainAnomaly(argv, io)
  const options = trainOptions(argv)
  const folds = Math.round(1 / options.holdout)
  const { normal } = options.data
  const dataset = await readDataset({ ...options.data, fewestRuns: folds }, io)
  const foldOf = foldsByRun(dataset, folds, options.forest.seed)
  const seen = rowsOfRuns(
    dataset,
    runsWhere(foldOf, (fold) => fold !== 0),
  )
  const unseen = rowsOfRuns(
    dataset,
    runsWhere(foldOf, (fold) => fold === 0),
  )
  const trained = await trainModel(seen, options.forest, {
    threads: options.threads,
    onProgress: progressOn(io.stderr, process.stderr.isTTY === true),
  })
  const evaluation = evaluate(answersOf(trained, unseen), unseen, normal, options.forest.rulHorizonDays)
  const trivial = trivialMetrics(trivialAnswers(trained, seen, unseen), unseen)

  const { classifier, rul } = trained
  const { features, classes } = dataset
  const onnx = onnxModel({ width: features.length, classes, classifier, rul: rul?.forest ?? null })
  const measured = { ...evaluation, out_of_bag: outOfBagMetrics(trained, seen), trivial }
  const metrics = { data: dataOf(options, io), split: splitOf(seen, unseen), ...measured }
  const metadata = metadataOf(options, dataset, { onnx, trained }, metrics)
  writeModel(resolve(io.cwd, options.out), { onnx, scaler: trained.scaler, metadata })
  io.stdout(summaryOf(options.out, onnx, evaluation, trivial))
  return EXIT.ok
}

function trainOptions(argv: readonly string[]): TrainOptions {
  const { values, positionals } = parseOptions(PROGRAM, argv, {
    ...LEARNING_OPTIONS,
    holdout: { type: 'string', default: '0.25' },
    name: { type: 'string' },
    'model-version': { type: 'string', default: '1.0.0' },
    description: { type: 'string', default: '' },
  })
  const learning = learningOptions(PROGRAM, values, positionals)
  return {
    ...learning,
    holdout: number('holdout', values.holdout, 0.05, 0.5),
    name: values.name ?? basename(resolve(learning.out)),
    modelVersion: values['model-version'],
    description: values.description,
  }
}

function metadataOf(
  options: TrainOptions,
  { features, classes }: Dataset,
  { onnx, trained }: { readonly onnx: Uint8Array; readonly trained: TrainedModel },
  metrics: Record<string, unknown>,
): ModelMetadata {
  return {
    schema_version: 1,
    name: options.name,
    version: options.modelVersion,
    kind: 'classifier',
    description: options.description,
    features: [...features],
    window: longestWindow(features),
    classes: [...classes],
    failure_classes: classes.filter((name) => name !== options.data.normal),
    input: 'input',
    outputs: { probabilities: 'probabilities', score: null, rul_days: trained.rul === null ? null : 'rul_days' },
    threshold: null,
    calibration: copyOf(trained.calibration),
    ...(trained.rul === null ? {} : { rul: copyOf(trained.rul.scale) }),
    metrics,
    sha256: sha256(onnx),
  }
}

/** Plain data that may be written to. */
function copyOf<T>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>
}

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T

/** Which data the figures come from. */
function dataOf({ data: { data } }: TrainOptions, { cwd }: CommandIo): Record<string, unknown> {
  return { files: data.length, sha256: dataHash(data, cwd) }
}

function splitOf(seen: Dataset, unseen: Dataset): Record<string, unknown> {
  const count = ({ runs, rows }: Dataset) => ({ runs: new Set(runs).size, rows })
  const by = 'run, each class of ending alike; the model is trained on the first part only'
  return { by, trained_on: count(seen), held_out: count(unseen) }
}

function summaryOf(
  out: string,
  onnx: Uint8Array,
  { held_out, announced, reported, rul }: Evaluation,
  trivial: TrivialModels,
): string {
  const lines = [
    `${out}: model.onnx (${Math.ceil(onnx.length / 1024)} KiB), scaler.json, metadata.json`,
    `on runs that it has not seen: accuracy ${percent(held_out.accuracy)}, balanced ${percent(held_out.balanced_accuracy)}, log loss ${held_out.log_loss}`,
    `nearest mean: accuracy ${percent(trivial.nearest_mean.accuracy)}; always the shares: ${percent(trivial.always_the_shares.accuracy)}`,
  ]
  if (announced?.median_days_ahead != null && announced.at_least_7_days_ahead !== null) {
    lines.push(
      `failure class announced: ${percent(announced.at_least_7_days_ahead)} at least 7 days ahead, median ${announced.median_days_ahead.toFixed(1)} days; ` +
        `${announced.false_alarms} false in ${announced.pump_years_without_failure.toFixed(1)} pump-years`,
    )
  }
  if (rul !== null && reported?.from_2_to_14_days_ahead != null) {
    lines.push(
      `remaining useful life: rmse ${rul.rmse_days.toFixed(1)} days (mean: ${rul.rmse_of_the_mean_days.toFixed(1)}), 90 % intervals hold ${percent(rul.interval_coverage)}; ` +
        `reported ${percent(reported.from_2_to_14_days_ahead)} 2 to 14 days ahead, ${reported.false_alarms} false`,
    )
  }
  return `${lines.join('\n')}\n`
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
