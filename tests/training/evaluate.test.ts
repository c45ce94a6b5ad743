import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { trainingLives } from '../../fixtures/simulator/well-1-files.ts'
import type { RatesBeside } from '../../src/training/anomaly-rates.ts'
import { evaluateCommand } from '../../src/training/evaluate.ts'
import type { Evaluation, TrivialModels } from '../../src/training/evaluation.ts'
import type { StatusComparison } from '../../src/training/status-comparison.ts'

const ROOT = join(import.meta.dirname, '../..')
const WELL = join(ROOT, 'fixtures/well-1')

let folder: string
let metrics: Evaluation & {
  readonly trivial: TrivialModels
  readonly rates: RatesBeside
  readonly status: StatusComparison | null
  readonly folds: number
}
let page: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-evaluate-'))
  mkdirSync(join(folder, 'lives'))
  const files = [...trainingLives(7, 20)].map(({ name, csv }) => {
    writeFileSync(join(folder, 'lives', name), csv)
    return join('lives', name)
  })
  const pump = [
    '--columns',
    join(WELL, 'columns.json'),
    '--baseline',
    join(WELL, 'baseline.csv'),
    '--config',
    join(WELL, 'deployment.json'),
  ]
  const rest = ['--tolerances', join(ROOT, 'fixtures/tolerances.json'), '--trees', '20', '--folds', '4', '--out', 'out']
  const io = { stdout: () => undefined, stderr: () => undefined, cwd: folder, env: {} }
  await evaluateCommand.run(['--data', ...files, '--label', 'label', '--rul', 'days_to_failure', ...pump, ...rest], io)
  metrics = JSON.parse(readFileSync(join(folder, 'out/metrics.json'), 'utf8'))
  page = readFileSync(join(folder, 'out/index.html'), 'utf8')
}, 120_000)
afterAll(() => rmSync(folder, { recursive: true }))

describe('evaluate, on 20 synthetic lives', () => {
  test('answers every row by a model that had not seen its run, and beats what needs no training', () => {
    const { held_out, trivial } = metrics
    expect(held_out.rows).toBeGreaterThan(15_000)
    expect(held_out.accuracy).toBeGreaterThan(trivial.always_the_shares.accuracy)
    expect(held_out.balanced_accuracy).toBeGreaterThan(trivial.nearest_mean.balanced_accuracy)
  })

  test('rates healthy or not beside rules that need no model', () => {
    const { model, last_value, status_rule, always_anomaly } = metrics.rates
    for (const other of [last_value, status_rule, always_anomaly]) expect(model.f1).toBeGreaterThan(other?.f1 ?? 1)
    expect(model.false_alarm_rate).toBeLessThan(last_value.false_alarm_rate ?? 0)
    expect(page).toContain('last value over a limit')
  })

  test('counts alarms per life, beside those of the status rule', () => {
    expect(metrics.announced?.failing_runs).toBe(16)
    expect(metrics.announced?.at_least_7_days_ahead).toBeGreaterThan(0.8)
    expect(metrics.status?.median_days_before_status).toBeGreaterThan(0)
    expect(metrics.reported?.median_days_ahead).toBeLessThan(metrics.announced?.median_days_ahead ?? 0)
  })

  test('says what the remaining useful life is worth', () => {
    expect(metrics.rul?.rmse_days).toBeLessThan(metrics.rul?.rmse_of_the_mean_days ?? 0)
    expect(metrics.rul?.interval_coverage).toBeGreaterThan(0.7)
  })

  test('writes a page of its own with every chart and no script', () => {
    expect(page.match(/<svg /g)).toHaveLength(7)
    expect(page).not.toMatch(/<script|https?:|NaN|undefined/)
    for (const word of ['cavitation', 'motor_fault', 'status rule alone', 'days true', 'calibrated']) expect(page).toContain(word)
  })
})
