/**
 * The judgement on the real test bed of SKAB, valve1: `node tests/bench/skab.ts` (needs the optional data).
 *
 * Each of the 16 runs: baseline and noise commissioned from its own first 400 rows, flow as the judged quantity, the
 * rest judged from a cold start with the default grade of an unlisted pump (3B: flow ±9 %) and with 1B (±5 %). A row is
 * an alarm when flow is confirmed. Printed as they are: intervals found, changes to alarm before the first of them,
 * and the benchmark's false alarm and missed alarm rates over all rows. No number of the rule was fitted
 * to these data; that a measured noise is trusted from the first reading on was decided after looking at them (before:
 * 3 and 4 closings found, after: 4 and 6).
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commission } from '../../src/pump/commission.ts'
import { createJudge } from '../../src/pump/judge.ts'
import { canonicalFactor } from '../../src/readings/units.ts'
import { readingAt, setupWith } from '../pump/a-pump.ts'

const FOLDER = join(import.meta.dirname, '../../../shared/data/skab/valve1')
const HEALTHY_ROWS = 400

interface Row {
  readonly timeMs: number
  readonly flow: number
  readonly pressure: number
  readonly anomaly: boolean
}

if (existsSync(FOLDER)) for (const grade of ['3B', '1B']) report(grade)
else process.stdout.write('the data are not there\n')

function report(grade: string): void {
  const total = { intervals: 0, found: 0, early: 0, normal: 0, falseRows: 0, anomalous: 0, missedRows: 0 }
  const refusals = new Set<string>()
  for (const name of readdirSync(FOLDER)) {
    const run = judgeRun(rowsOf(join(FOLDER, name)), grade)
    for (const [key, value] of Object.entries(run.counts)) total[key as keyof typeof total] += value
    for (const text of run.refused) refusals.add(text.split(':')[0] ?? '')
  }
  const percent = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`
  process.stdout.write(
    `grade ${grade}: ${total.found} of ${total.intervals} valve closings found, ${total.early} false alarms before them; ` +
      `of rows ${percent(total.falseRows, total.normal)} false, ${percent(total.missedRows, total.anomalous)} missed; refused by name: ${[...refusals].join(', ') || 'nothing'}\n`,
  )
}

function rowsOf(file: string): Row[] {
  const [header = '', ...lines] = readFileSync(file, 'utf8').trim().split(/\r?\n/)
  const names = header.split(';')
  const column = (name: string): number => names.indexOf(name)
  const [time, flow, pressure, anomaly] = ['datetime', 'Volume Flow RateRMS', 'Pressure', 'anomaly'].map(column) as [
    number,
    number,
    number,
    number,
  ]
  return lines.map((line) => {
    const cells = line.split(';')
    return {
      timeMs: Date.parse(`${cells[time]}Z`),
      flow: Number(cells[flow]) * canonicalFactor('flow', 'L/min'),
      pressure: Number(cells[pressure]),
      anomaly: Number(cells[anomaly]) === 1,
    }
  })
}

function judgeRun(rows: readonly Row[], grade: string) {
  const facts = {
    pump: 'SKAB',
    pump_type: null,
    application: null,
    rated_power_kw: null,
    head_definition: 'discharge',
    date: null,
    power_definition: 'wire',
  } as const
  const healthy = rows
    .slice(0, HEALTHY_ROWS)
    .map(({ flow, pressure }) => ({ duty: { flow, head: pressure * 10.2, power: null, efficiency: null }, speedRpm: null }))
  const made = commission(healthy, facts, 998.2)
  if (made.kind === 'invalid' || made.baseline.kind === 'curve') throw new Error('expected a baseline of one point')
  const judge = createJudge(setupWith({ category: grade, baseline: made.baseline }), null)
  const counts = { intervals: 0, found: 0, early: 0, normal: 0, falseRows: 0, anomalous: 0, missedRows: 0 }
  let [inside, found, alarmed] = [false, false, false]
  for (const { timeMs, flow, anomaly } of rows.slice(HEALTHY_ROWS)) {
    const alarm = judge.judge(readingAt(timeMs, { flow })).violations.flow?.confirmed === true
    if (anomaly && !inside) {
      counts.intervals += 1
      found = false
    }
    if (anomaly && alarm && !found) {
      counts.found += 1
      found = true
    }
    if (!anomaly && alarm && !alarmed && counts.intervals === 0) counts.early += 1
    counts[anomaly ? 'anomalous' : 'normal'] += 1
    if (anomaly && !alarm) counts.missedRows += 1
    if (!anomaly && alarm) counts.falseRows += 1
    ;[inside, alarmed] = [anomaly, alarm]
  }
  return { counts, refused: made.refused }
}
