import type { CommandIo } from '../command.ts'
import { InputFailure } from '../failure.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import { type Dataset, datasetOf } from './dataset.ts'
import { type PumpFiles, readPump } from './inputs.ts'
import { type Run, readRun } from './run-points.ts'

/** Which data are learnt, and how they are read. */
export interface DataOptions extends PumpFiles {
  readonly data: readonly string[]
  readonly label: string
  readonly rul: string | null
  /** The class of a healthy pump. */
  readonly normal: string
  /** null: the default for what the data hold. */
  readonly features: readonly string[] | null
  /** Fewest runs that can be parted. */
  readonly fewestRuns: number
}

/** Reads labelled runs into a dataset; refuses data that nothing can be learnt from. */
export async function readDataset(options: DataOptions, { cwd, stderr }: CommandIo): Promise<Dataset> {
  const { columns, setup, warnings } = readPump(options, cwd)
  for (const warning of warnings) stderr(`${options.baseline}: ${warning}\n`)
  const runs: Run[] = []
  const points = { columns, setup, labelColumn: options.label, normal: options.normal, rulColumn: options.rul, cwd }
  for (const file of options.data) runs.push(await readRun(file, points))
  const dataset = datasetOf(runs, options.features ?? defaultFeatures(runs), options.normal)
  refuseUnlearnable(dataset, options)
  const { rows, features, classes } = dataset
  stderr(`${runs.length} runs, ${rows} rows, ${features.length} features, classes ${classes.join(', ')}\n`)
  return dataset
}

/** Level and scatter of a day, level and slope of a week (of hourly readings), of each deviation that the data have. */
function defaultFeatures(runs: readonly Run[]): string[] {
  const first = runs[0]?.points[0]?.point.deviations
  const measured = PARAMETERS.filter((parameter) => first !== undefined && first[parameter] !== null)
  const windows = ['mean24', 'std24', 'mean168', 'slope168']
  return measured.flatMap((parameter) => windows.map((window) => `${parameter}.deviation.${window}`))
}

function refuseUnlearnable({ rows, classes, runNames }: Dataset, { data, normal, label, fewestRuns }: DataOptions): void {
  const where = data.length === 1 ? (data[0] as string) : `${data[0]} and ${data.length - 1} more`
  const refuse = (what: string, mend: string) => {
    throw new InputFailure({ where, what, mend })
  }
  if (rows === 0) refuse('give no row with a label and full windows', 'check columns, --label and --features')
  if (!classes.includes(normal))
    refuse(`have no row of the class "${normal}"`, `name the healthy one of ${classes.join(', ')} with --normal`)
  if (classes.length < 2) refuse(`have the class "${normal}" only`, `check the column ${label}`)
  if (classes.length > 255) refuse(`have ${classes.length} classes`, `check the column ${label}`)
  if (runNames.length < fewestRuns) refuse(`are ${runNames.length} runs`, `give at least ${fewestRuns}, one file each`)
}
