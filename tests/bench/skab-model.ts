/**
 * The official protocol of SKAB for outlier detection, as a customer would do it: `npm run bench:skab -- DIR [--detector shift|pca]`.
 *
 * For each labelled CSV under DIR: `train --kind anomaly` on its first 400 rows, package the model into an executable,
 * run that on the whole file, and read its results. A row is an alarm when the executable's status is Warning or worse;
 * rows after the first 400 count. One configuration for all files, every channel mapped, thresholds from the 400
 * healthy rows. The last line pools the counts.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { bundleEntries } from '../../build/bundle-entries.ts'
import { readInputs, STANDARD_TOLERANCES } from '../../build/inputs.ts'
import { buildRuntime, type Runtime } from '../../build/runtime.ts'
import { stamp } from '../../build/stamp.ts'
import { hostTarget } from '../../build/targets.ts'
import type { ResultRecord } from '../../src/edge/result.ts'
import { trainCommand } from '../../src/training/train.ts'
import { runProgram } from '../binary/program.ts'

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'skab')
const HEALTHY_ROWS = 400
const TIME = 'datetime'
const LABEL = 'anomaly'
const FLOW = 'Volume Flow RateRMS'
/**
 * The motor's body cools by 4 °C now and then and the water warms by 0.3 °C in a run, with nothing wrong (seen in the run
 * without anomalies too): what is less says nothing.
 */
const LEAST = 'motor_temperature=5,water_temperature=1'

/** Rows after the healthy ones: anomalous and found, normal and alarmed, missed, left alone. */
interface Counts {
  readonly tp: number
  readonly fp: number
  readonly fn: number
  readonly tn: number
}

const { values, positionals } = parseArgs({
  options: { detector: { type: 'string', default: 'shift' } },
  allowPositionals: true,
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)
process.exitCode = await main(resolve(process.env['INIT_CWD'] ?? process.cwd(), positionals[0] ?? '.'))

async function main(directory: string): Promise<number> {
  const files = labelledFiles(directory)
  if (files.length === 0) {
    process.stderr.write(
      `${directory}: holds no CSV with the columns ${TIME} and ${LABEL}; give the folder of the benchmark's data\n`,
    )
    return 1
  }
  const target = hostTarget()
  if (target === null) throw new Error('no executable runs on this machine')
  const runtime = await buildRuntime(target, (line) => process.stderr.write(`${line}\n`))
  const all: Counts[] = []
  let failed = false
  const width = Math.max(...files.map((file) => relative(directory, file).length))
  for (const file of files) {
    const name = relative(directory, file).padEnd(width)
    try {
      const counts = await scored(file, runtime)
      all.push(counts)
      print(`${name}  ${figures(counts)}`)
    } catch (error) {
      failed = true
      print(`${name}  not scored: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const sum = (of: keyof Counts) => all.reduce((total, counts) => total + counts[of], 0)
  print(`pooled  ${figures({ tp: sum('tp'), fp: sum('fp'), fn: sum('fn'), tn: sum('tn') })}`)
  return failed ? 1 : 0
}

/** By name, numbers in them by size. */
function labelledFiles(directory: string): string[] {
  const found = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.toLowerCase().endsWith('.csv'))
    .map((name) => join(directory, name))
    .filter((file) => statSync(file).isFile())
  return found
    .filter((file) => [TIME, LABEL, FLOW].every((column) => tableOf(file).header.includes(column)))
    .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }))
}

function tableOf(file: string): { header: string[]; rows: string[][]; lines: string[]; delimiter: string } {
  const lines = readFileSync(file, 'utf8')
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/)
  const delimiter = lines[0]?.includes(';') === true ? ';' : ','
  const [header = [], ...rows] = lines.map((line) => line.split(delimiter))
  return { header: header.map((cell) => cell.trim()), rows, lines, delimiter }
}

async function scored(file: string, runtime: Runtime): Promise<Counts> {
  const { header, rows, lines, delimiter } = tableOf(file)
  if (rows.length <= HEALTHY_ROWS) throw new Error(`${file} has ${rows.length} rows, the protocol needs over ${HEALTHY_ROWS}`)
  const cell = (row: readonly string[], column: string) => row[header.indexOf(column)] ?? ''
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-skab-'))
  try {
    const flows = rows.slice(0, HEALTHY_ROWS).map((row) => Number(cell(row, FLOW)))
    const columns = JSON.parse(readFileSync(join(FIXTURE, 'columns.json'), 'utf8')) as object
    writeFileSync(join(folder, 'columns.json'), JSON.stringify({ ...columns, delimiter }))
    writeFileSync(join(folder, 'healthy.csv'), `${lines.slice(0, HEALTHY_ROWS + 1).join('\n')}\n`)
    writeFileSync(join(folder, 'baseline.csv'), `pump,flow (L/min)\nSKAB,${median(flows)}\n`)
    const alarmed = alarmsByTime(await resultsOf(file, folder, runtime))
    const counts = { tp: 0, fp: 0, fn: 0, tn: 0 }
    let alarm = false
    for (const [index, row] of rows.entries()) {
      // A row that the device does not judge (a second one of the same second, say) leaves things as they are.
      alarm = alarmed.get(Date.parse(`${cell(row, TIME).trim().replace(' ', 'T')}Z`)) ?? alarm
      if (index < HEALTHY_ROWS) continue
      const anomalous = Number(cell(row, LABEL)) === 1
      counts[anomalous ? (alarm ? 'tp' : 'fn') : alarm ? 'fp' : 'tn'] += 1
    }
    return counts
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Trains, packages and runs in `folder`, which holds columns.json, healthy.csv and baseline.csv. */
async function resultsOf(file: string, folder: string, runtime: Runtime): Promise<ResultRecord[]> {
  const inputs = {
    columns: join(folder, 'columns.json'),
    baseline: join(folder, 'baseline.csv'),
    config: join(FIXTURE, 'deployment.json'),
  }
  const model = join(folder, 'model')
  const argv = ['--kind', 'anomaly', '--detector', values.detector, '--pump', 'SKAB', '--data', 'healthy.csv', '--out', model]
  for (const [name, path] of Object.entries(inputs)) argv.push(`--${name}`, path)
  if (values.detector === 'shift') argv.push('--least', LEAST)
  await trainCommand.run(argv, { stdout: () => undefined, stderr: (text) => process.stderr.write(text), cwd: folder, env: {} })
  const pump = await readInputs({ ...inputs, pump: 'SKAB', model, tolerances: STANDARD_TOLERANCES, embedToken: false })
  const entries = bundleEntries(
    pump,
    { version: '1.0.0', buildTime: new Date('2024-01-01T00:00:00Z'), name: 'skab_v1.0.0' },
    runtime,
  )
  const executable = join(folder, 'skab_v1.0.0')
  await stamp({ runtime: runtime.path, entries, output: executable, ownerOnly: false })
  const output = join(folder, 'results.json')
  mkdirSync(join(folder, 'state'))
  const args = [resolve(file), output, '--no-report', '--state-dir', join(folder, 'state')]
  const { code, stderr } = await runProgram(executable, { args })
  if (code !== 0) throw new Error(`${file}: the executable ended with ${code}: ${stderr}`)
  return JSON.parse(readFileSync(output, 'utf8')) as ResultRecord[]
}

function alarmsByTime(results: readonly ResultRecord[]): Map<number, boolean> {
  const worse = ['Warning', 'Critical', 'Failure']
  return new Map(results.map(({ timestamp, status }) => [Date.parse(timestamp), worse.includes(status)]))
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
}

function figures({ tp, fp, fn, tn }: Counts): string {
  const percent = (part: number, whole: number) => (whole === 0 ? '-' : ((100 * part) / whole).toFixed(1)).padStart(4, '0')
  const f1 = tp === 0 ? 0 : (2 * tp) / (2 * tp + fp + fn)
  return `F1 ${f1.toFixed(3)}  FAR ${percent(fp, fp + tn)}  MAR ${percent(fn, fn + tp)}`
}
