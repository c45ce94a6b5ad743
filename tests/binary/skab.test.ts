import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import type { ResultRecord } from '../../src/edge/result.ts'
import { fileIn, packaged, scratch } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const ROOT = join(import.meta.dirname, '..', '..')
const DATA = join(ROOT, '..', 'shared', 'data', 'skab', 'valve1', '0.csv')
const BASELINE_ROWS = 400

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0

// Real data of the Skoltech Anomaly Benchmark, GPL-3.0 and so not in this repository: skipped where they are not beside it.
test.runIf(existsSync(DATA) && canRun(HOST))('a real test bed (SKAB) gives a record for each judged row', async () => {
  const folder = scratch()
  const [header = '', ...rows] = readFileSync(DATA, 'utf8').trimEnd().split('\r\n')
  const column = header.split(';').indexOf('Volume Flow RateRMS')
  const flow = median(rows.slice(0, BASELINE_ROWS).map((row) => Number(row.split(';')[column])))
  // Its pressure averages 0.03 to 0.1 bar with a deviation of 0.25: a percentage of it means nothing, so it has no baseline.
  const baseline = fileIn(folder, 'baseline.csv', `pump,flow (L/min)\nSKAB,${flow}\n`)
  const config = {
    columns: join(ROOT, 'fixtures', 'skab', 'columns.json'),
    config: join(ROOT, 'fixtures', 'skab', 'deployment.json'),
  }
  const well = await packaged(HOST, { pump: 'SKAB', baseline, ...config, model: null })

  const output = join(folder, 'out.json')
  const { code, stderr } = await runProgram(well, { args: [DATA, output, '--no-report', '--state-dir', join(folder, 'state')] })
  expect(code, stderr).toBe(0)
  const results = JSON.parse(readFileSync(output, 'utf8')) as ResultRecord[]
  expect(results).toHaveLength(new Set(rows.map((row) => row.split(';')[0])).size)
  expect(results[0]).toMatchObject({
    timestamp: '2020-03-09T10:14:33.000Z',
    deviations: { flow: expect.any(Number), power: null },
  })
  expect(results.every(({ deviations }) => deviations.flow !== null)).toBe(true)
})
