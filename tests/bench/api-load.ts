/**
 * How the reference API bears a fleet: `node tests/bench/api-load.ts [--posts 200000] [--devices 2000] [--db postgres://…]`.
 *
 * Each device has its own connection, token and site. Measured, in one run on one machine with the client: throughput
 * against a bare Fastify route under the same load, in turns; times of answers at half of that throughput; memory over
 * all POSTs. Ends 1 when an answer is not 201, the ratio is below 0.4 or memory grows.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { tokenFor } from '../../src/api/tokens.ts'
import { anomaly, tokenLine } from '../api/anomalies.ts'
import { type CrowdResult, quantile, sendAsCrowd } from './device-crowd.ts'

const LEAST_RATIO = 0.4
const TURNS = 4
const MOST_GROWTH = 1.15

const { values } = parseArgs({
  options: { posts: { type: 'string', default: '200000' }, devices: { type: 'string', default: '2000' }, db: { type: 'string' } },
})
const posts = Number(values.posts)
const devices = Number(values.devices)
const folder = mkdtempSync(join(tmpdir(), 'api-load-'))
const started: ChildProcess[] = []
try {
  process.exitCode = await measure()
} finally {
  for (const child of started) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
}

async function measure(): Promise<number> {
  const names = Array.from({ length: devices }, (_, site) => `token-of-device-${site}`)
  const tokens = [tokenFor('watcher', 'watcher'), ...names.map((name, site) => tokenFor(name, `device-${site}`, [site]))]
  writeFileSync(join(folder, 'tokens'), tokens.map(tokenLine).join('\n'))
  const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
  const database = values.db ?? join(folder, 'anomalies.db')
  const api = await start(cli, 'serve', '--port', '0', '--token-file', join(folder, 'tokens'), '--db', database)
  const bare = await start(fileURLToPath(new URL('bare-route.ts', import.meta.url)))
  const run = `${Date.now()}`
  const request = (n: number) => requestOf(names[n % devices] ?? '', n % devices, `${run}-${n}`)
  let sent = 0
  const crowd = (port: number, count: number, perSecond: number | null, answered?: (done: number) => void) => {
    const first = sent
    sent += count
    return sendAsCrowd({
      port,
      devices,
      posts: count,
      request: (n) => request(first + n),
      perSecond,
      ...(answered && { answered }),
    })
  }
  // The code is warm before it is measured, on both sides alike.
  for (const { port } of [api, bare]) await crowd(port, devices * 5, null)

  const memory: number[] = []
  const note = (done: number) => {
    if (done % 1000 === 0) memory.push(residentMib(api.pid))
  }
  const ofApi: CrowdResult[] = []
  const ofBare: CrowdResult[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    ofApi.push(await crowd(api.port, Math.ceil((posts * 0.75) / TURNS), null, note))
    ofBare.push(await crowd(bare.port, Math.ceil((posts * 0.75) / TURNS), null))
  }
  const ratio = rate(ofApi) / rate(ofBare)
  const commits = await commitsOf(api.port)
  const paced = await crowd(api.port, Math.ceil(posts * 0.25), rate(ofApi) / 2, note)

  const errors = [...ofApi, paced].reduce((sum, result) => sum + result.errors, 0)
  const growth = mean(memory.slice(-memory.length / 4)) / mean(memory.slice(memory.length / 4, memory.length / 2))
  print(`${devices} devices, ${posts} POSTs to the API on ${values.db === undefined ? 'SQLite' : 'PostgreSQL'}`)
  print(
    `as fast as they can   API ${rate(ofApi).toFixed(0)}/s, bare route ${rate(ofBare).toFixed(0)}/s: ratio ${ratio.toFixed(2)}`,
  )
  print(`a commit              ${commits.rows.toFixed(0)} anomalies, ${commits.ms.toFixed(1)} ms`)
  for (const [name, { latencies }] of Object.entries({ 'as fast as they can': ofApi[0] ?? paced, 'at half that rate': paced })) {
    print(`${name.padEnd(22)}p50 ${quantile(latencies, 0.5).toFixed(1)} ms, p99 ${quantile(latencies, 0.99).toFixed(1)} ms`)
  }
  print(`answers other than 201: ${errors}`)
  print(
    `memory of the API     ${Math.min(...memory).toFixed(0)} to ${Math.max(...memory).toFixed(0)} MiB; last to second quarter ${growth.toFixed(2)}`,
  )
  return errors === 0 && ratio >= LEAST_RATIO && growth <= MOST_GROWTH ? 0 : 1
}

async function start(...args: string[]): Promise<{ port: number; pid: number }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  started.push(child)
  const [line] = await once(child.stdout, 'data')
  return { port: Number(new URL(String(line).trim()).port), pid: child.pid ?? 0 }
}

/** Means over all commits so far. */
async function commitsOf(port: number): Promise<{ rows: number; ms: number }> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: 'Bearer watcher' } })
  const text = await response.text()
  const value = (name: string) => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
  const count = value('anomaly_commit_rows_count')
  return { rows: value('anomaly_commit_rows_sum') / count, ms: (value('anomaly_commit_duration_seconds_sum') / count) * 1000 }
}

function requestOf(token: string, siteId: number, key: string): Buffer {
  const record = anomaly({ siteId })
  const body = JSON.stringify({ ...record, metadata: { ...record.metadata, idempotencyKey: key } })
  const head = [
    'POST /edge/anomalies HTTP/1.1',
    'host: 127.0.0.1',
    `authorization: Bearer ${token}`,
    `idempotency-key: ${key}`,
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function rate(results: readonly CrowdResult[]): number {
  const sum = (of: (result: CrowdResult) => number) => results.reduce((total, result) => total + of(result), 0)
  return sum(({ posts: count }) => count) / sum(({ seconds }) => seconds)
}

function residentMib(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0) / numbers.length
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
