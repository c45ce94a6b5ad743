/**
 * Measures `query` on a million anomalies of 500 pumps, in the reference API with SQLite on this machine: how long `list`
 * takes beside one page by itself, that `export` is complete in how much memory, and that `stats` and `compare` agree with
 * SQL. Prints a line each and ends 1 when something is not as it should be.
 *
 *     node tests/bench/query-million.ts [ANOMALIES [PUMPS]]
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { comparisonDifferences, statisticsDifferences } from '../query/agreement.ts'
import { fill, fleetAnomalies } from '../query/fleet.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const [anomalies = 1_000_000, pumps = 500] = process.argv.slice(2).map(Number)
const MOST_MIB = 200

const folder = mkdtempSync(join(tmpdir(), 'query-million-'))
const database = join(folder, 'anomalies.db')
let faults = 0

function say(line: string, good = true): void {
  process.stdout.write(`${good ? '' : 'NOT AS IT SHOULD BE: '}${line}\n`)
  if (!good) faults += 1
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly seconds: number
  /** Most memory that it had at once [MiB]. */
  readonly peakMib: number
}

async function run(url: string, ...argv: string[]): Promise<Ended> {
  const start = performance.now()
  const child = spawn(process.execPath, [CLI, 'query', ...argv, '--allow-insecure-loopback'], {
    env: { ...process.env, PUMP_MONITOR_API: url, ANOMALY_API_TOKEN: 'bench' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let [stdout, peakMib] = ['', 0]
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const watch = setInterval(() => {
    peakMib = Math.max(peakMib, peakOf(child.pid) ?? 0)
  }, 100)
  const [code] = (await once(child, 'close')) as [number | null]
  clearInterval(watch)
  return { code, stdout, peakMib, seconds: (performance.now() - start) / 1000 }
}

function peakOf(pid: number | undefined): number | null {
  try {
    const [, kib] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
    return kib === undefined ? null : Number(kib) / 1024
  } catch {
    return null
  }
}

const hashOf = (keys: Iterable<string>) => {
  const hash = createHash('sha256')
  for (const key of [...keys].sort()) hash.update(`${key}\n`)
  return hash.digest('hex').slice(0, 16)
}

async function measureList(url: string): Promise<void> {
  const page = `${url}/edge/anomalies?siteId=7&take=100&sortDirection=desc`
  const headers = { authorization: 'Bearer bench' }
  const start = performance.now()
  await (await fetch(page, { headers })).text()
  const alone = (performance.now() - start) / 1000
  const nothing = await run(url, 'list', '--help')
  const { code, seconds } = await run(url, 'list', '--site', '7', '--from', '2026-01-01', '--limit', '25')
  say(
    `list --site 7: ${seconds.toFixed(2)} s; starting the program ${nothing.seconds.toFixed(2)} s, one page by itself ${alone.toFixed(2)} s`,
    code === 0,
  )
}

async function measureExport(url: string): Promise<void> {
  const file = join(folder, 'all.ndjson')
  const { code, seconds, peakMib } = await run(url, 'export', '--format', 'ndjson', '--output', file, '--quiet')
  const keys: string[] = []
  for await (const line of createInterface({ input: createReadStream(file) }))
    keys.push((JSON.parse(line) as { metadata: { idempotencyKey: string } }).metadata.idempotencyKey)
  const db = new DatabaseSync(database, { readOnly: true })
  const stored = db
    .prepare('select idempotency_key as key from anomalies')
    .all()
    .map(({ key }) => String(key))
  db.close()
  const complete = code === 0 && keys.length === stored.length && hashOf(keys) === hashOf(stored)
  say(
    `export: ${keys.length} anomalies, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB in ${seconds.toFixed(0)} s, at most ${peakMib.toFixed(0)} MiB of memory; keys ${hashOf(keys)}, in the database ${hashOf(stored)}`,
    complete && peakMib < MOST_MIB,
  )
}

async function measureFigures(url: string): Promise<void> {
  const [gapMs, windowMs] = [7_200_000, 600_000]
  const stats = await run(url, 'stats', '--limit', '9999', '--format', 'json')
  const apart = statisticsDifferences(JSON.parse(stats.stdout), database, gapMs)
  say(
    `stats: ${stats.seconds.toFixed(0)} s, ${stats.peakMib.toFixed(0)} MiB; differences from SQL: ${apart.length === 0 ? 'none' : apart.join('; ')}`,
    apart.length === 0,
  )
  const compared = await run(url, 'compare', '--format', 'json')
  const others = comparisonDifferences(JSON.parse(compared.stdout), database, gapMs, windowMs)
  say(
    `compare: ${compared.seconds.toFixed(0)} s, ${compared.peakMib.toFixed(0)} MiB; differences from SQL: ${others.length === 0 ? 'none' : others.slice(0, 5).join('; ')}`,
    others.length === 0,
  )
}

const api = await startApi({ database, tokens: [tokenFor('bench')], port: 0, requestsPerSecond: 1_000_000 })
try {
  say(
    `${fill(database, fleetAnomalies({ pumps, anomalies, seed: 1 }))} anomalies of ${pumps} pumps in ${(statSync(database).size / 2 ** 20).toFixed(0)} MiB`,
  )
  await measureList(api.url)
  await measureExport(api.url)
  await measureFigures(api.url)
} finally {
  await api.close()
  rmSync(folder, { recursive: true })
}
process.exitCode = faults === 0 ? 0 : 1
