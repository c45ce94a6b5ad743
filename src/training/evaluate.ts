import { join, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT } from '../failure.ts'
import { ratesBeside } from './anomaly-rates.ts'
import { crossValidate } from './cross-validation.ts'
import { evaluate, trivialMetrics } from './evaluation.ts'
import { LEARNING_HELP, LEARNING_OPTIONS, learningOptions } from './learning-options.ts'
import { whole } from './option-values.ts'
import { writeInto } from './output-folder.ts'
import { progressOn } from './progress.ts'
import { readDataset } from './read-dataset.ts'
import { aheadChart, livesChart, reliabilityCharts } from './report-charts.ts'
import { type Report, reportPage } from './report-page.ts'
import { allDaysAhead, compareWithStatus } from './status-comparison.ts'

const PROGRAM = 'pump-monitor evaluate'

const HELP = `Measures what a model trained on such data is worth: trains on all runs but a fold of them, asks about that fold,
and so on for every fold. Writes metrics.json and index.html with pictures.

usage: ${PROGRAM} --data CSV… --label COLUMN --columns FILE --baseline FILE --out DIR [options]

  --out DIR              where metrics.json and index.html go
  --folds N              number of folds (default: 5)
  --tolerances FILE      grades of the pump, to compare the model with the status rule
${LEARNING_HELP}
exit status: 0 done, 64 usage, 65 data that cannot be read or learnt from, 73 DIR cannot be written, 78 wrong columns or baseline

  ${PROGRAM} --data runs/*.csv --label label --rul days_to_failure --columns columns.json --baseline baseline.csv --out evaluation
`

/** `pump-monitor evaluate`: cross-validation by run, as numbers and as a page. */
export const evaluateCommand: Command = { help: HELP, run: evaluateData }

async function evaluateData(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(PROGRAM, argv, { ...LEARNING_OPTIONS, folds: { type: 'string', default: '5' } })
  const { data, out, forest, threads } = learningOptions(PROGRAM, values, positionals)
  const folds = whole('folds', values.folds, 2, 100)
  const dataset = await readDataset({ ...data, fewestRuns: folds }, io)
  const onProgress = progressOn(io.stderr, process.stderr.isTTY === true)
  const validated = await crossValidate(dataset, forest, { folds, normal: data.normal }, { threads, onProgress })
  const { answers, trivial } = validated
  const evaluation = evaluate(answers, dataset, data.normal, forest.rulHorizonDays)
  const trivialModels = trivialMetrics(trivial, dataset)
  const ahead = evaluation.announced === null ? null : allDaysAhead(answers, dataset, data.normal)
  const status = data.tolerances === null || ahead === null ? null : compareWithStatus(dataset, ahead)
  const rates = ratesBeside(validated, dataset, { normal: data.normal, hasGrade: data.tolerances !== null })
  const report: Report = {
    description: `${dataset.runNames.length} runs, ${dataset.rows} rows, ${folds} folds by run: every answer is that of a model that had not seen the run.`,
    classes: dataset.classes,
    evaluation,
    trivial: trivialModels,
    rates,
    status,
    charts: {
      ahead: ahead === null ? null : aheadChart(ahead),
      reliability: reliabilityCharts(answers, dataset),
      lives: evaluation.rul === null ? null : livesChart(answers, dataset, forest.rulHorizonDays),
    },
  }
  const metrics = {
    runs: dataset.runNames.length,
    rows: dataset.rows,
    folds,
    classes: dataset.classes,
    features: dataset.features,
  }
  writeInto(resolve(io.cwd, out), {
    'metrics.json': `${JSON.stringify({ ...metrics, ...evaluation, trivial: trivialModels, rates, status }, null, 2)}\n`,
    'index.html': reportPage(report),
  })
  io.stdout(`${summaryOf(report)}${join(out, 'index.html')} shows it, ${join(out, 'metrics.json')} holds the figures.\n`)
  return EXIT.ok
}

function summaryOf({ evaluation: { held_out, calibrated, announced, reported, rul }, status, trivial, rates }: Report): string {
  const percent = (share: number | null) => (share === null ? 'none' : `${(share * 100).toFixed(1)} %`)
  const lines = [
    `accuracy ${percent(held_out.accuracy)}, balanced ${percent(held_out.balanced_accuracy)} (nearest mean ${percent(trivial.nearest_mean.balanced_accuracy)}), worst calibration error ${calibrated.worst_calibration_error}`,
  ]
  const { f1, false_alarm_rate, missed_alarm_rate } = rates.model
  lines.push(
    `healthy or not, by row: F1 ${f1.toFixed(3)}, FAR ${percent(false_alarm_rate)}, MAR ${percent(missed_alarm_rate)} (last value alone: F1 ${rates.last_value.f1.toFixed(3)})`,
  )
  if (announced !== null && reported !== null) {
    lines.push(
      `failure class found 7 days ahead: ${percent(announced.at_least_7_days_ahead)}, median ${announced.median_days_ahead} days`,
    )
    lines.push(
      `reported 2 to 14 days ahead: ${percent(reported.from_2_to_14_days_ahead)}; false ${reported.false_alarms_per_pump_year} a pump-year`,
    )
  }
  if (status?.median_days_before_status != null)
    lines.push(`median ${status.median_days_before_status} days before the status rule`)
  if (rul !== null)
    lines.push(`remaining useful life: rmse ${rul.rmse_days} days, 90 % intervals hold ${percent(rul.interval_coverage)}`)
  return `${lines.join('\n')}\n`
}
