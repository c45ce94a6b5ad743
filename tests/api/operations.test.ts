import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRateLimit } from '../../src/api/limits.ts'
import { type Api, startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { testToken } from '../secrets/token.ts'
import { anomaly, post } from './anomalies.ts'

const [ALL_SITES, ONLY_12, REPLACED] = ['all-sites', 'only-12', 'replaced'].map(testToken) as [string, string, string]

const folder = mkdtempSync(join(tmpdir(), 'operations-'))
let databases = 0
const start = (requestsPerSecond = 1000) =>
  startApi({
    database: join(folder, `${databases++}.db`),
    tokens: [tokenFor(ALL_SITES, 'fleet'), tokenFor(ONLY_12, 'well-1', [12])],
    port: 0,
    requestsPerSecond,
    log: (line) => {
      throw new Error(line)
    },
  })
const get = (api: Api, path: string, token = ALL_SITES) =>
  fetch(api.url + path, { headers: { authorization: `Bearer ${token}` } })

let api: Api
beforeAll(async () => {
  api = await start()
})
afterAll(async () => {
  await api.close()
  rmSync(folder, { recursive: true })
})

test('health and the OpenAPI document need no token', async () => {
  expect(await (await fetch(`${api.url}/health`)).json()).toEqual({ status: 'ok' })
  const document = await (await fetch(`${api.url}/openapi.json`)).json()
  expect(document).toMatchObject({ openapi: '3.1.0' })
})

test('the metrics count anomalies by outcome and answers by route, and leak nothing to a token of one site', async () => {
  await fetch(`${api.url}/edge/anomalies`, post(ONLY_12, 'metrics', anomaly()))
  await fetch(`${api.url}/edge/anomalies`, post(ONLY_12, 'metrics', anomaly()))
  await fetch(`${api.url}/edge/anomalies`, post(ONLY_12, 'metrics', anomaly({ logValue: 2 })))
  await fetch(`${api.url}/some/secret/path`)
  const response = await get(api, '/metrics')
  const text = await response.text()
  expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  for (const outcome of ['stored', 'known', 'conflict']) expect(text).toContain(`anomalies_total{outcome="${outcome}"} 1\n`)
  expect(text).toContain('http_request_duration_seconds_count{method="POST",route="/edge/anomalies",status="201"} 1\n')
  expect(text).toContain('http_request_duration_seconds_count{method="GET",route="none",status="404"} 1\n')
  expect(text).toContain('anomaly_commit_rows_sum 3\n')
  expect(text).toContain('anomalies_waiting 0\n')
  expect(text).not.toContain('secret')
  expect((await get(api, '/metrics', ONLY_12)).status).toBe(403)
  expect((await fetch(`${api.url}/metrics`)).status).toBe(401)
})

test('a token that asks too often is told when to come back, and the others go on', async () => {
  const limited = await start(1)
  const statuses: number[] = []
  let waits: string | null = null
  for (let request = 0; request < 12; request++) {
    const { status, headers } = await get(limited, '/edge/anomalies', ONLY_12)
    statuses.push(status)
    waits ??= headers.get('retry-after')
  }
  expect(statuses.slice(0, 10)).toEqual(Array(10).fill(200))
  expect(statuses.slice(10)).toContain(429)
  expect(waits).toBe('1')
  expect((await get(limited, '/edge/anomalies')).status).toBe(200)
  await limited.close()
})

describe('the share of a token', () => {
  test('fills with time up to ten seconds of it, and not when the clock goes back', () => {
    const limit = createRateLimit(2)
    const used = (nowMs: number) => {
      let count = 0
      while (limit.waitOf('well-1', nowMs) === null) count++
      return count
    }
    expect(used(0)).toBe(20)
    expect(limit.waitOf('well-1', 0)).toBe(1)
    expect(used(1_500)).toBe(3)
    expect(used(-1_000_000)).toBe(0)
    expect(used(1_000_000)).toBe(20)
  })
})

test('tokens can be replaced while the API runs', async () => {
  const other = await start()
  other.replaceTokens([tokenFor(REPLACED)])
  expect((await get(other, '/edge/anomalies')).status).toBe(401)
  expect((await get(other, '/edge/anomalies', REPLACED)).status).toBe(200)
  await other.close()
})

test('closing does not wait for connections that say nothing or half a request', async () => {
  const other = await start()
  const port = Number(new URL(other.url).port)
  const silent = connect(port, '127.0.0.1')
  const half = connect(port, '127.0.0.1')
  half.write('POST /edge/anomalies HTTP/1.1\r\nhost: localhost\r\n')
  const ended = Promise.all([silent, half].map((socket) => new Promise((done) => socket.on('error', done).on('close', done))))
  await get(other, '/health')
  await other.close()
  expect(await ended).toHaveLength(2)
})
