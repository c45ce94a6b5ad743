import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'

/**
 * The main job end to end on Well 1, with synthetic readings: package, judge, report, lose the API, get it back.
 * Prints what it does as it does it, checks each expectation, and leaves nothing behind but the cached runtimes.
 */

const ROOT = resolve(import.meta.dirname, '..')
const WELL = join(ROOT, 'fixtures', 'well-1')
const HOST = `linux-${process.arch}`
const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-demo-'))
const unmet: string[] = []

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

interface StoredAnomaly {
  readonly timestamp: string
  readonly description: string
  readonly additionalContext: { readonly parameter: readonly string[]; readonly status: string }
}

interface Result {
  readonly status: string
  readonly prediction: { readonly class: string } | null
  readonly reported_to_api: boolean
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

function expectThat(met: boolean, sentence: string): void {
  say(`   ${met ? '✓' : '✗ NOT MET:'} ${sentence}`)
  if (!met) unmet.push(sentence)
}

/** Runs a program, its output shown indented. */
async function call(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    const lines = createInterface({ input: child[name] })
    lines.on('line', (line) => {
      texts[name] += `${line}\n`
      say(`     ${line}`)
    })
  }
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...texts }
}

const pumpMonitor = (args: readonly string[]): Promise<Outcome> => call(process.execPath, [join(ROOT, 'src', 'cli.ts'), ...args])

async function packageWell(target: string): Promise<string> {
  const executable = join(folder, `well1_${target}`)
  const { code } = await pumpMonitor([
    ...['package', '--pump', 'Well 1', '--version', '1.0.0', '--target', target, '--output', `${executable}.zip`],
    ...['--baseline', join(WELL, 'baseline.csv'), '--columns', join(WELL, 'columns.json')],
    ...['--config', join(WELL, 'deployment.json'), '--model', join(ROOT, 'models', 'well-1')],
  ])
  expectThat(code === 0, `the executable for ${target} and its ZIP are built`)
  return executable
}

interface Api {
  readonly url: string
  readonly stop: () => Promise<void>
}

/** The reference API as a process of its own, on a port of its own from the second start on. */
async function startApi(tokenFile: string, port: string): Promise<Api> {
  const args = ['serve', '--token-file', tokenFile, '--db', join(folder, 'anomalies.db'), '--port', port]
  const child = spawn(process.execPath, [join(ROOT, 'src', 'cli.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [url] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  const stop = async (): Promise<void> => {
    if (child.exitCode !== null) return
    child.kill('SIGTERM')
    await once(child, 'exit')
  }
  return { url, stop }
}

async function anomaliesOf(api: Api, token: string): Promise<StoredAnomaly[]> {
  const answer = await fetch(`${api.url}/edge/anomalies?pageSize=100&sortDirection=asc`, {
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { items: StoredAnomaly[] }).items
}

/** Readings of degrading.csv, split so that the second half comes while the API is down. */
function splitDegrading(): [string, string] {
  const [header = '', ...rows] = readFileSync(join(WELL, 'degrading.csv'), 'utf8').trimEnd().split(/\r?\n/)
  const half = Math.ceil(rows.length / 2)
  return [rows.slice(0, half), rows.slice(half)].map((part, index) => {
    const file = join(folder, `degrading-${index + 1}.csv`)
    writeFileSync(file, `${[header, ...part].join('\n')}\n`)
    return file
  }) as [string, string]
}

const resultsIn = (file: string): Result[] => JSON.parse(readFileSync(file, 'utf8')) as Result[]

async function demo(): Promise<void> {
  say(`Well 1, packaged and run on this machine (${HOST}). All readings are synthetic (fixtures/simulator).\n`)

  say('1. Package the pump for the device and for this machine')
  const executables: Record<string, string> = {}
  for (const target of ['linux-arm64', 'linux-x64']) executables[target] = await packageWell(target)
  const well = executables[HOST]
  if (well === undefined) throw new Error(`there is no executable for ${HOST}; the demo needs linux-x64 or linux-arm64`)

  say('\n2. Start an anomaly API')
  const tokenFile = join(folder, 'tokens')
  const token = (await pumpMonitorQuietly(['serve', '--token-file', tokenFile, '--new-token', 'well-1'])).stdout.trim()
  let api = await startApi(tokenFile, '0')
  say(`     ${api.url}`)
  const overlay = join(folder, 'overlay.json')
  writeFileSync(overlay, JSON.stringify({ api: { base_url: api.url, retry_delay_seconds: 0.2 } }))
  const run = (input: string, output: string): Promise<Outcome> =>
    call(well, ['run', input, output, ...common, '--log-level', 'warn'], { ANOMALY_API_TOKEN: token })
  const common = ['--state-dir', join(folder, 'state'), '--config', overlay, '--allow-insecure-loopback']

  try {
    say('\n3. A healthy batch: nothing to report')
    const healthyFile = join(folder, 'healthy.json')
    const healthy = await run(join(WELL, 'healthy.csv'), healthyFile)
    const healthyResults = resultsIn(healthyFile)
    expectThat(healthy.code === 0, 'the run ends well')
    expectThat(
      healthyResults.every(({ status }) => status === 'Normal'),
      `all ${healthyResults.length} readings are Normal`,
    )
    expectThat(
      healthyResults.some(({ prediction }) => prediction !== null),
      'the embedded model predicts on the device',
    )
    expectThat((await anomaliesOf(api, token)).length === 0, 'the API has no anomaly')

    say('\n4. A degrading batch: anomalies arrive')
    const [first, second] = splitDegrading()
    const degradingFile = join(folder, 'degrading-1.json')
    const degrading = await run(first, degradingFile)
    const reported = resultsIn(degradingFile).filter(({ reported_to_api }) => reported_to_api).length
    const arrived = (await anomaliesOf(api, token)).length
    expectThat(degrading.code === 0 && arrived > 0, `${arrived} anomalies arrived`)
    expectThat(reported === arrived, 'the results say so of exactly those readings')

    say('\n5. The API is down: anomalies wait on disk')
    await api.stop()
    const offline = await run(second, join(folder, 'degrading-2.json'))
    expectThat(offline.code === 0, 'the run ends well all the same')
    expectThat(
      !resultsIn(join(folder, 'degrading-2.json')).some(({ reported_to_api }) => reported_to_api),
      'no result claims to be reported',
    )

    say('\n6. The API is back: flush delivers what waited')
    api = await startApi(tokenFile, new URL(api.url).port)
    const flushed = await call(well, ['flush', ...common], { ANOMALY_API_TOKEN: token })
    const all = await anomaliesOf(api, token)
    expectThat(flushed.code === 0 && all.length > arrived, `${all.length - arrived} more anomalies arrived`)
    expectThat(new Set(all.map(({ timestamp }) => timestamp)).size === all.length, 'each arrived once')

    say('\n7. What the API has')
    for (const anomaly of all) say(`     ${anomaly.timestamp}  ${anomaly.description}`)
  } finally {
    await api.stop()
  }
}

async function pumpMonitorQuietly(args: readonly string[]): Promise<{ stdout: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'src', 'cli.ts'), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let stdout = ''
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString()
  })
  await once(child, 'close')
  return { stdout }
}

try {
  await demo()
} finally {
  rmSync(folder, { recursive: true, force: true })
}
say(
  unmet.length === 0
    ? '\nThe demo did all that it promised: the healthy pump was left alone, the degrading one was reported, and what could not be sent arrived later, once.'
    : `\nThe demo failed: ${unmet.join('; ')}.`,
)
process.exitCode = unmet.length === 0 ? 0 : 1
