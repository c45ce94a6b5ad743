import { basename, resolve } from 'node:path'
import type { Command, CommandIo } from '../command.ts'
import { EXIT, InputFailure } from '../failure.ts'
import type { ModelMetadata } from '../model/metadata.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import { type Dataset, datasetOf, type Run, rowsOfRuns } from './dataset.ts'
import { type Evaluation, evaluateModel } from './evaluation.ts'
import { foldsByRun, runsWhere } from './holdout.ts'
import { readBaseline, readColumns, textOf } from './inputs.ts'
import { longestWindow, sha256, writeModel } from './model-files.ts'
import { onnxModel } from './onnx-forest.ts'
import { readRun } from './run-points.ts'
import { TRAIN_HELP, type TrainOptions, trainOptions } from './train-options.ts'
import { type TrainedModel, trainModel } from './trained-model.ts'

/** `pump-monitor train`: labelled readings in, a model that can be packaged out. */
export const trainCommand: Command = { help: TRAIN_HELP, run: train }

async function train(argv: readonly string[], io: CommandIo): Promise<number> {
  const options = trainOptions(argv)
  const runs = await readRuns(options, io)
  const dataset = datasetOf(runs, options.features ?? defaultFeatures(runs), options.normal)
  refuseUnlearnable(dataset, options)
  io.stderr(
    `${runs.length} runs, ${dataset.rows} rows, ${dataset.features.length} features, classes ${dataset.classes.join(', ')}\n`,
  )

  const folds = foldsByRun(dataset, Math.round(1 / options.holdout), options.forest.seed)
  const seen = rowsOfRuns(
    dataset,
    runsWhere(folds, (fold) => fold !== 0),
  )
  const unseen = rowsOfRuns(
    dataset,
    runsWhere(folds, (fold) => fold === 0),
  )
  const trained = trainModel(seen, options.forest)
  const evaluation = evaluateModel(trained, seen, unseen, options.normal)

  const { classifier, rul } = trained
  const onnx = onnxModel({ width: dataset.features.length, classes: dataset.classes, classifier, rul: rul?.forest ?? null })
  const data = { files: runs.length, sha256: sha256(options.data.map((file) => sha256(textOf(file, io.cwd))).join()) }
  const metadata = metadataOf(options, dataset, { onnx, trained }, { data, split: splitOf(seen, unseen), ...evaluation })
  writeModel(resolve(io.cwd, options.out), { onnx, scaler: trained.scaler, metadata })
  io.stdout(summaryOf(options, onnx, evaluation))
  return EXIT.ok
}

async function readRuns(options: TrainOptions, { cwd, stderr }: CommandIo): Promise<Run[]> {
  const columns = readColumns(options.columns, cwd)
  const pump = options.pump ?? columns.pump?.value ?? 'the pump'
  const { baseline, warnings } = readBaseline(options.baseline, cwd, pump)
  for (const warning of warnings) stderr(`${options.baseline}: ${warning}\n`)
  const setup = { columns, baseline, labelColumn: options.label, rulColumn: options.rul, cwd }
  const runs: Run[] = []
  for (const file of options.data) runs.push({ name: basename(file), points: await readRun(file, setup) })
  return runs
}

/** Windows of each deviation that the data have. */
function defaultFeatures(runs: readonly Run[]): string[] {
  const first = runs[0]?.points[0]?.point.deviations
  const measured = PARAMETERS.filter((parameter) => first !== undefined && first[parameter] !== null)
  return measured.flatMap((parameter) =>
    ['mean24', 'std24', 'mean168', 'slope168'].map((window) => `${parameter}.deviation.${window}`),
  )
}

function refuseUnlearnable({ rows, classes, runNames }: Dataset, { data, normal, label, holdout }: TrainOptions): void {
  const where = data.length === 1 ? (data[0] as string) : `${data[0]} and ${data.length - 1} more`
  if (rows === 0)
    throw new InputFailure({
      where,
      what: 'give no row with a label and full windows',
      mend: 'check columns, --label and --features',
    })
  if (!classes.includes(normal)) {
    throw new InputFailure({
      where,
      what: `have no row of the class "${normal}"`,
      mend: `name the healthy one of ${classes.join(', ')} with --normal`,
    })
  }
  if (classes.length < 2)
    throw new InputFailure({ where, what: `have the class "${normal}" only`, mend: `check the column ${label}` })
  if (classes.length > 255)
    throw new InputFailure({ where, what: `have ${classes.length} classes`, mend: `check the column ${label}` })
  const fewest = Math.round(1 / holdout)
  if (runNames.length < fewest) {
    throw new InputFailure({
      where,
      what: `are ${runNames.length} runs`,
      mend: `give at least ${fewest}, one file each, or a greater --holdout`,
    })
  }
}

function metadataOf(
  options: TrainOptions,
  dataset: Dataset,
  { onnx, trained }: { readonly onnx: Uint8Array; readonly trained: TrainedModel },
  metrics: Record<string, unknown>,
): ModelMetadata {
  return {
    schema_version: 1,
    name: options.name ?? basename(resolve(options.out)),
    version: options.modelVersion,
    kind: 'classifier',
    description: options.description,
    features: [...dataset.features],
    window: longestWindow(dataset.features),
    classes: [...dataset.classes],
    failure_classes: dataset.classes.filter((name) => name !== options.normal),
    input: 'input',
    outputs: { probabilities: 'probabilities', score: null, rul_days: trained.rul === null ? null : 'rul_days' },
    threshold: null,
    calibration: copyOf(trained.calibration),
    ...(trained.rul === null ? {} : { rul: copyOf(trained.rul.scale) }),
    metrics,
    sha256: sha256(onnx),
  }
}

function splitOf(seen: Dataset, unseen: Dataset): Record<string, unknown> {
  const count = ({ runs, rows }: Dataset) => ({ runs: new Set(runs).size, rows })
  return {
    by: 'run, each class of ending alike; the model is trained on the first part only',
    trained_on: count(seen),
    held_out: count(unseen),
  }
}

/** Plain data that may be written to. */
function copyOf<T>(value: T): Mutable<T> {
  return structuredClone(value) as Mutable<T>
}

type Mutable<T> = T extends object ? { -readonly [K in keyof T]: Mutable<T[K]> } : T

function summaryOf({ out }: TrainOptions, onnx: Uint8Array, { held_out, announced, reported, rul, trivial }: Evaluation): string {
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`
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
