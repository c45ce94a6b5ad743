import { type Answers, answersOf, emptyAnswers } from './answers.ts'
import { type Dataset, rowsOfRuns } from './dataset.ts'
import { type TrivialModels, trivialAnswers } from './evaluation.ts'
import { foldsByRun, runsWhere } from './holdout.ts'
import { type TrainingEffort, type TrainingSettings, trainModel } from './trained-model.ts'
import { lastValueAlarms } from './trivial.ts'

/** Answers to every row by a model that had not seen the row's run. */
export interface CrossValidated {
  readonly answers: Answers
  readonly trivial: Record<keyof TrivialModels, Float64Array>
  /** 1 where the newest reading alone would have raised an alarm. */
  readonly lastValueAlarms: Uint8Array
}

/** Trains once per fold on the runs of the other folds. */
export async function crossValidate(
  dataset: Dataset,
  settings: TrainingSettings,
  { folds, normal }: { readonly folds: number; readonly normal: string },
  effort: TrainingEffort,
): Promise<CrossValidated> {
  const foldOf = foldsByRun(dataset, folds, settings.seed)
  const classes = dataset.classes.length
  const answers = emptyAnswers(dataset.rows, classes)
  const room = () => new Float64Array(dataset.rows * classes)
  const trivial = { always_the_shares: room(), nearest_mean: room() }
  const alarms = new Uint8Array(dataset.rows)
  for (let fold = 0; fold < folds; fold++) {
    const onProgress: TrainingEffort['onProgress'] = (what, share) =>
      effort.onProgress(`fold ${fold + 1} of ${folds}, ${what}`, share)
    const seen = rowsOfRuns(
      dataset,
      runsWhere(foldOf, (other) => other !== fold),
    )
    const runs = runsWhere(foldOf, (other) => other === fold)
    const unseen = rowsOfRuns(dataset, runs)
    const model = await trainModel(seen, settings, { ...effort, onProgress })
    const said = answersOf(model, unseen)
    const plain = trivialAnswers(model, seen, unseen)
    const rows = [...dataset.runs.keys()].filter((row) => runs.has(dataset.runs[row] as number))
    spread(said.probabilities, answers.probabilities, rows, classes)
    spread(said.calibrated, answers.calibrated, rows, classes)
    for (const part of ['days', 'low', 'high'] as const) spread(said.lives[part], answers.lives[part], rows, 1)
    for (const [i, alarm] of lastValueAlarms(seen, unseen, normal).entries()) alarms[rows[i] as number] = alarm
    for (const name of ['always_the_shares', 'nearest_mean'] as const) spread(plain[name], trivial[name], rows, classes)
  }
  return { answers, trivial, lastValueAlarms: alarms }
}

/** Writes the rows of `from`, in order, to the rows `rows` of `to`. */
function spread(from: Float64Array, to: Float64Array, rows: readonly number[], width: number): void {
  for (const [i, row] of rows.entries()) to.set(from.subarray(i * width, (i + 1) * width), row * width)
}
