/**
 * Our forests beside scikit-learn's: `node tests/bench/forest-parity.ts --python VENV/bin/python [--splits 20] [--trees 100]`.
 *
 * Data: rows of simulated lives of Well 1, of SKAB valve1 (where the optional data are there), and digits, breast cancer
 * and iris as scikit-learn ships them. Same splits by row, same settings (scikit-learn's defaults). Ends 1 when a mean
 * accuracy is more than a point away, or ONNX Runtime more than 1e-6 from our own trees on 100,000 random rows.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { trainingLives } from '../../fixtures/simulator/well-1-files.ts'
import { datasetOf } from '../../src/training/dataset.ts'
import { readPump } from '../../src/training/inputs.ts'
import { createRandom, shuffled } from '../../src/training/random.ts'
import { type Run, readRun } from '../../src/training/run-points.ts'
import { mean, ourAccuracies, type ParityData, worstOnnxDifference } from './parity/compare.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const SKAB = join(ROOT, '..', 'shared', 'data', 'skab', 'valve1')
const ROWS = 5000
const LIVES = 40

const { values } = parseArgs({
  options: {
    python: { type: 'string', default: 'python3' },
    splits: { type: 'string', default: '20' },
    trees: { type: 'string', default: '100' },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-parity-'))
try {
  writeFileSync(join(folder, 'simulator.json'), JSON.stringify(await simulated()))
  const script = join(import.meta.dirname, 'parity', 'scikit.py')
  const args = [script, folder, values.splits, values.trees, ...(existsSync(SKAB) ? [SKAB] : [])]
  execFileSync(values.python, args, { stdio: 'inherit' })
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) await compare(join(folder, file))
} finally {
  rmSync(folder, { recursive: true })
}

async function compare(file: string): Promise<void> {
  const data = JSON.parse(readFileSync(file, 'utf8')) as ParityData
  const ours = mean(ourAccuracies(data, Number(values.trees)))
  const theirs = mean(data.accuracies)
  const worst = await worstOnnxDifference(data, Number(values.trees), 100_000)
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`
  process.stdout.write(
    `${basename(file, '.json').padEnd(18)} ours ${percent(ours)}  scikit-learn ${data.scikit} ${percent(theirs)}  ONNX within ${worst.toExponential(1)}\n`,
  )
  if (Math.abs(ours - theirs) > 0.01 || worst > 1e-6) process.exitCode = 1
}

/** Rows of simulated lives, drawn at random over all of them. */
async function simulated(): Promise<Pick<ParityData, 'x' | 'y'>> {
  const well = (name: string) => join(ROOT, 'fixtures', 'well-1', name)
  const files = { columns: well('columns.json'), baseline: well('baseline.csv'), pump: null, config: null, tolerances: null }
  const { columns, setup } = readPump(files, folder)
  const runs: Run[] = []
  for (const { name, csv } of trainingLives(1, LIVES)) {
    writeFileSync(join(folder, name), csv)
    runs.push(await readRun(name, { columns, setup, labelColumn: 'label', normal: 'normal', rulColumn: null, cwd: folder }))
    rmSync(join(folder, name))
  }
  const names = ['flow', 'head', 'power', 'efficiency'].flatMap((p) => ['', '.mean24', '.std24'].map((s) => `${p}.deviation${s}`))
  const dataset = datasetOf(runs, names, 'normal')
  const rows = [...shuffled(dataset.rows, createRandom(1))].slice(0, ROWS)
  const width = names.length
  return {
    x: rows.map((row) => [...dataset.values.subarray(row * width, (row + 1) * width)]),
    y: rows.map((row) => dataset.labels[row] as number),
  }
}
