import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { anomalyTable, storedAnomalies } from './demo-api.ts'
import {
  call,
  type DemoApi,
  type Ended,
  expectThat,
  newToken,
  pumpMonitor,
  say,
  startDemoApi,
  unmetExpectations,
} from './demo-stage.ts'
import { ROOT } from './root.ts'
import { hostTarget, TARGETS, type Target } from './targets.ts'

/*
 * The main job end to end on Well 1, with synthetic readings: package, judge, report, lose the API, get it back.
 * Prints what it does as it does it, checks each expectation, and leaves nothing behind but the cached runtimes.
 */

const WELL = join(ROOT, 'fixtures', 'well-1')

/** What the steps share. */
interface Scene {
  readonly folder: string
  /** The executable for this machine. */
  readonly well: string
  readonly token: string
  readonly tokenFile: string
  readonly common: readonly string[]
}

interface Result {
  readonly status: string
  readonly prediction: { readonly class: string } | null
  readonly reported_to_api: boolean
}

async function packageWell(folder: string): Promise<string> {
  say('1. Package Well 1 for the device (arm64) and for this machine')
  for (const target of Object.keys(TARGETS) as Target[]) {
    const { code } = await pumpMonitor([
      ...['package', '--pump', 'Well 1', '--version', '1.0.0', '--target', target],
      ...['--baseline', join(WELL, 'baseline.csv'), '--columns', join(WELL, 'columns.json')],
      ...['--config', join(WELL, 'deployment.json'), '--model', join(ROOT, 'models', 'well-1')],
      ...['--output', join(folder, `well1_${target}.zip`)],
    ])
    expectThat(code === 0, `one file for ${target}, and its ZIP`)
  }
  const host = hostTarget()
  if (host === null) throw new Error('the demo needs Linux on x64 or arm64')
  return join(folder, `well1_${host}`)
}

async function judge(scene: Scene, input: string, name: string): Promise<Ended & { readonly results: readonly Result[] }> {
  const output = join(scene.folder, `${name}.json`)
  const ended = await call(scene.well, [input, output, ...scene.common], { ANOMALY_API_TOKEN: scene.token })
  const results = ended.code === 0 ? (JSON.parse(readFileSync(output, 'utf8')) as Result[]) : []
  return { ...ended, results }
}

async function healthyBatch(scene: Scene, api: DemoApi): Promise<void> {
  say('\n3. Three healthy weeks: nothing to report')
  const { code, results } = await judge(scene, join(WELL, 'healthy.csv'), 'healthy')
  expectThat(code === 0 && results.length > 0, `${results.length} readings judged`)
  expectThat(
    results.every(({ status }) => status === 'Normal' || status === 'Idle'),
    'none is worse than Normal',
  )
  expectThat(
    results.some(({ prediction }) => prediction !== null),
    'the embedded model predicts',
  )
  expectThat((await storedAnomalies(api.url, scene.token)).length === 0, 'the API has no anomaly')
}

async function degradingBatch(scene: Scene, api: DemoApi, input: string): Promise<number> {
  say('\n4. The pump degrades: anomalies arrive')
  const { code, results } = await judge(scene, input, 'degrading-1')
  const arrived = (await storedAnomalies(api.url, scene.token)).length
  expectThat(code === 0 && arrived > 0, `${arrived} anomalies arrived`)
  expectThat(
    results.filter(({ reported_to_api }) => reported_to_api).length === arrived,
    'the results say so of just those readings',
  )
  return arrived
}

async function withoutApi(scene: Scene, api: DemoApi, input: string): Promise<void> {
  say('\n5. The API goes down: anomalies wait on disk')
  await api.stop()
  const { code, results } = await judge(scene, input, 'degrading-2')
  expectThat(code === 0 && results.length > 0, 'the run ends well all the same')
  expectThat(
    results.every(({ reported_to_api }) => !reported_to_api),
    'no result claims to be reported',
  )
}

async function apiReturns(scene: Scene, api: DemoApi, before: number): Promise<void> {
  say('\n6. The API is back: flush delivers what waited')
  const { code } = await call(scene.well, ['flush', ...scene.common], { ANOMALY_API_TOKEN: scene.token })
  const anomalies = await storedAnomalies(api.url, scene.token)
  expectThat(code === 0 && anomalies.length > before, `${anomalies.length - before} more anomalies arrived`)
  expectThat(new Set(anomalies.map(({ metadata }) => metadata.idempotencyKey)).size === anomalies.length, 'each arrived once')
  const statuses = new Set(anomalies.map(({ additionalContext }) => additionalContext.status))
  expectThat(statuses.has('Failure'), 'a pump that far off its baseline is called a Failure')
  say(`\n7. What the API has: ${anomalies.length} anomalies`)
  for (const line of anomalyTable(anomalies)) say(`     ${line}`)
}

/** The degrading readings in two batches: the second comes while the API is down. */
function degradingHalves(folder: string): [string, string] {
  const [header = '', ...rows] = readFileSync(join(WELL, 'degrading.csv'), 'utf8').trimEnd().split(/\r?\n/)
  const half = Math.ceil(rows.length / 2)
  const write = (name: string, part: readonly string[]): string => {
    const file = join(folder, name)
    writeFileSync(file, `${[header, ...part].join('\n')}\n`)
    return file
  }
  return [write('degrading-1.csv', rows.slice(0, half)), write('degrading-2.csv', rows.slice(half))]
}

async function demo(folder: string): Promise<void> {
  say('pump-monitor, end to end on one pump. All readings are synthetic: fixtures/simulator made them.\n')
  const well = await packageWell(folder)

  say('\n2. Start an anomaly API on this machine')
  const tokenFile = join(folder, 'tokens')
  const database = join(folder, 'anomalies.db')
  const token = await newToken(tokenFile)
  let api = await startDemoApi(tokenFile, database, '0')
  say(`     ${api.url}`)
  const overlay = join(folder, 'overlay.json')
  writeFileSync(overlay, JSON.stringify({ api: { base_url: api.url, retry_delay_seconds: 0.2 } }))
  const common = ['--state-dir', join(folder, 'state'), '--config', overlay, '--allow-insecure-loopback']
  const scene: Scene = { folder, well, token, tokenFile, common }
  try {
    const [first, second] = degradingHalves(folder)
    await healthyBatch(scene, api)
    const arrived = await degradingBatch(scene, api, first)
    await withoutApi(scene, api, second)
    api = await startDemoApi(tokenFile, database, new URL(api.url).port)
    await apiReturns(scene, api, arrived)
  } finally {
    await api.stop()
  }
}

const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-demo-'))
try {
  await demo(folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
const unmet = unmetExpectations()
say(
  unmet.length === 0
    ? '\nDone: the healthy pump was left alone, the degrading one was reported, and what could not be sent arrived later, once.'
    : `\nThe demo failed: ${unmet.join('; ')}.`,
)
process.exitCode = unmet.length === 0 ? 0 : 1
