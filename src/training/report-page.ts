import type { AlarmMetrics } from './alarms.ts'
import type { AnomalyRates, RatesBeside } from './anomaly-rates.ts'
import { escaped } from './charts.ts'
import type { Evaluation, TrivialModels } from './evaluation.ts'
import type { ClassMetrics } from './metrics.ts'
import type { StatusComparison } from './status-comparison.ts'

/** Everything that the page tells. */
export interface Report {
  readonly description: string
  readonly classes: readonly string[]
  readonly evaluation: Evaluation
  readonly trivial: TrivialModels
  readonly rates: RatesBeside
  /** null: no grade was given, or no file tells the remaining useful life. */
  readonly status: StatusComparison | null
  readonly charts: { readonly ahead: string | null; readonly reliability: readonly string[]; readonly lives: string | null }
}

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#1c2430, #e6e9ee); --soft: light-dark(#5b6675, #9aa5b4); --rule: light-dark(#e3e7ec, #333b46); --paper: light-dark(#fff, #161a20);
  --c0: light-dark(#0b6bcb, #64aef5); --c1: light-dark(#b3261e, #f2877f); --c2: light-dark(#8a8f98, #8a8f98) }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
h1 { font-size: 1.5rem } h2 { font-size: 1.1rem; margin: 2.2rem 0 .6rem } p { max-width: 46rem; color: var(--soft) }
table { border-collapse: collapse; font-variant-numeric: tabular-nums } th, td { padding: .25rem .8rem; border-bottom: 1px solid var(--rule); text-align: right } th:first-child { text-align: left } th { font-weight: 600 }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: 1rem } svg { width: 100%; height: auto; font: 12px system-ui, sans-serif }
svg text { fill: var(--soft) } .title { font-weight: 600; fill: var(--ink) !important } .grid { stroke: var(--rule) } .line { fill: none; stroke-width: 2 } .ideal { fill: none; stroke: var(--soft); stroke-dasharray: 3 3 }
.line.c0 { stroke: var(--c0) } .line.c1 { stroke: var(--c1) } .line.c2 { stroke: var(--c2) } text.c0 { fill: var(--c0) !important } text.c1 { fill: var(--c1) !important } text.c2 { fill: var(--c2) !important } .cell { fill: var(--c0) }
td.share { background: color-mix(in srgb, var(--c0) calc(var(--share) * 70%), transparent) }`

/** The evaluation as one HTML page that needs nothing else. */
export function reportPage(report: Report): string {
  const { evaluation, trivial, charts, classes } = report
  const { rul, announced, reported } = evaluation
  const sections = [
    `<h1>How good is the model?</h1><p>${escaped(report.description)}</p>`,
    section('Classes', comparison(evaluation, trivial)),
    section(
      'What was true, and what the model said',
      `<p>Rows: the true class. Columns: the most probable one.</p>${confusionTable(evaluation.held_out, classes)}`,
    ),
    section('Healthy or not, by row', ratesTable(report.rates)),
    announced === null || reported === null
      ? ''
      : section('Alarms', alarmTable(announced, reported, report.status) + chartGrid([charts.ahead])),
    rul === null
      ? ''
      : section('Remaining useful life', `<p>${escaped(lifeSentence(evaluation))}</p>${chartGrid([charts.lives])}`),
    section('Are the probabilities what they say?', `<p>On the dashed line they are.</p>${chartGrid(charts.reliability)}`),
  ]
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>How good is the model?</title><style>${STYLE}</style></head><body>${sections.join('\n')}</body></html>\n`
}

function section(title: string, content: string): string {
  return `<section><h2>${escaped(title)}</h2>${content}</section>`
}

function comparison({ held_out, calibrated, calibrated_near_failure: near }: Evaluation, trivial: TrivialModels): string {
  const row = (name: string, { accuracy, balanced_accuracy, macro_f1, log_loss, worst_calibration_error }: ClassMetrics) => [
    name,
    percent(accuracy),
    percent(balanced_accuracy),
    macro_f1.toFixed(3),
    log_loss.toFixed(3),
    worst_calibration_error.toFixed(3),
  ]
  return table(
    ['', 'accuracy', 'balanced accuracy', 'macro F1', 'log loss', 'worst calibration error'],
    [
      row('model', held_out),
      row('model, calibrated', calibrated),
      ...(near === null ? [] : [row('model, calibrated, last 30 days', near)]),
      row('nearest mean', trivial.nearest_mean),
      row('always the shares', trivial.always_the_shares),
    ],
  )
}

function confusionTable({ confusion, classes: perClass }: ClassMetrics, classes: readonly string[]): string {
  const head = ['', ...classes, 'recall'].map((name) => `<th>${escaped(name)}</th>`).join('')
  const rows = confusion.map((counts, c) => {
    const all = Math.max(
      1,
      counts.reduce((sum, count) => sum + count, 0),
    )
    const cells = counts.map((count) => `<td class="share" style="--share:${(count / all).toFixed(3)}">${count}</td>`).join('')
    const name = classes[c] ?? ''
    return `<tr><th>${escaped(name)}</th>${cells}<td>${percent(perClass[name]?.recall ?? null)}</td></tr>`
  })
  return `<table><tr>${head}</tr>${rows.join('')}</table>`
}

function ratesTable(rates: RatesBeside): string {
  const row = (name: string, { f1, false_alarm_rate, missed_alarm_rate }: AnomalyRates) => [
    name,
    f1.toFixed(3),
    percent(false_alarm_rate),
    percent(missed_alarm_rate),
  ]
  const rows = [row('model', rates.model)]
  if (rates.status_rule !== null) rows.push(row('status rule alone', rates.status_rule))
  rows.push(
    row('last value over a limit', rates.last_value),
    row('always normal', rates.always_normal),
    row('always anomaly', rates.always_anomaly),
  )
  return table(['', 'F1', 'false alarms, of healthy rows', 'missed, of anomalous rows'], rows)
}

function alarmTable(announced: AlarmMetrics, reported: AlarmMetrics, status: StatusComparison | null): string {
  const row = (name: string, metrics: AlarmMetrics) => [
    name,
    percent(metrics.at_least_7_days_ahead),
    percent(metrics.from_2_to_14_days_ahead),
    metrics.median_days_ahead?.toFixed(1) ?? '–',
    metrics.false_alarms_per_pump_year.toFixed(2),
  ]
  const rows = [row('model: failure class', announced), row('model: also under 7 days to live', reported)]
  if (status !== null) rows.push(row('status rule alone', status.status))
  const gain = status?.median_days_before_status ?? null
  const sentence =
    gain === null ? '' : `<p>The model announces a failure by a median of ${gain.toFixed(1)} days before the status rule.</p>`
  return sentence + table(['first alarm', '7 days ahead or more', '2 to 14 days ahead', 'median days', 'false a pump-year'], rows)
}

function lifeSentence({ rul }: Evaluation): string {
  if (rul === null) return ''
  return (
    `Claimed on ${rul.claimed_rows} rows: error ${rul.rmse_days.toFixed(1)} days (root mean square; always the mean: ${rul.rmse_of_the_mean_days.toFixed(1)}), ` +
    `mean error ${(Math.round(rul.mean_error_days * 10) / 10 + 0).toFixed(1)} days; the 90 % intervals hold ${percent(rul.interval_coverage)} of the true lives.`
  )
}

function chartGrid(charts: readonly (string | null)[]): string {
  return `<div class="charts">${charts
    .filter((chart) => chart !== null)
    .map((chart) => `<figure style="margin:0">${chart}</figure>`)
    .join('')}</div>`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = (tag: string, row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? `<th>${escaped(cell)}</th>` : `<${tag}>${escaped(cell)}</${tag}>`)).join('')
  return `<table><tr>${cells('th', head)}</tr>${rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')}</table>`
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`
}
