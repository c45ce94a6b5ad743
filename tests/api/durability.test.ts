import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { testToken } from '../secrets/token.ts'
import { anomaly, post, tokenLine } from './anomalies.ts'
import { hasPostgres, startPostgres } from './postgres.ts'

const TOKEN = testToken('durability')

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'durability-'))
const env = { PATH: process.env['PATH'], HOME: folder }
const running: ChildProcessByStdio<null, Readable, null>[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))
writeFileSync(join(folder, 'tokens'), `${tokenLine(tokenFor(TOKEN))}\n`)

async function serve(database: string) {
  const args = [cli, 'serve', '--port', '0', '--token-file', 'tokens', '--db', database]
  const child = spawn(process.execPath, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  running.push(child)
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { child, url: `${String(line).trim()}/edge/anomalies` }
}

/** Sends anomalies with the keys from…to, some at a time, until `stopped`; gives the keys that were acknowledged. */
async function send(url: string, from: number, to: number, stopped: () => boolean, watch?: (acknowledged: number) => void) {
  const acknowledged: string[] = []
  let next = from
  const sender = async () => {
    while (next < to && !stopped()) {
      const key = `key-${next++}`
      const answer = await fetch(url, post(TOKEN, key, anomaly({ sensorId: Number(key.slice(4)) }))).catch(() => null)
      if (answer?.status === 201 || answer?.status === 200) {
        acknowledged.push(key)
        watch?.(acknowledged.length)
      }
    }
  }
  await Promise.all(Array.from({ length: 20 }, sender))
  return acknowledged
}

async function sensorsIn(url: string): Promise<number[]> {
  const sensors: number[] = []
  for (let skip = 0; ; skip += 100) {
    const response = await fetch(`${url}?skip=${skip}&take=100`, { headers: { authorization: `Bearer ${TOKEN}` } })
    const { items, total } = JSON.parse(await response.text())
    sensors.push(...items.map(({ sensorId }: { sensorId: number }) => sensorId))
    if (sensors.length >= total || items.length === 0) return sensors.sort((a, b) => a - b)
  }
}

const everything = (count: number) => Array.from({ length: count }, (_, index) => index)

describe.each(['SQLite', 'PostgreSQL'])('on %s', (kind) => {
  test.runIf(kind === 'SQLite' || hasPostgres)(
    'an API that is killed again and again has what it acknowledged, and after sending all again has each once',
    async () => {
      const postgres = kind === 'PostgreSQL' ? await startPostgres() : null
      const database = postgres?.url ?? 'killed.db'
      const acknowledged = new Set<string>()
      for (let kill = 0; kill < 3; kill++) {
        const { child, url } = await serve(database)
        const exit = once(child, 'exit')
        const kept = await send(
          url,
          kill * 300,
          1000,
          () => child.killed,
          (count) => count === 150 + kill * 37 && child.kill('SIGKILL'),
        )
        await exit
        for (const key of kept) acknowledged.add(key)
        // The machine of the database goes down with it.
        await postgres?.halt()
        await postgres?.start()
      }
      const { child, url } = await serve(database)
      const stored = new Set(await sensorsIn(url))
      expect([...acknowledged].filter((key) => !stored.has(Number(key.slice(4))))).toEqual([])
      expect(acknowledged.size).toBeGreaterThan(450)
      expect(await send(url, 0, 1000, () => false)).toHaveLength(1000)
      expect(await sensorsIn(url)).toEqual(everything(1000))
      child.kill('SIGTERM')
      await once(child, 'exit')
      await postgres?.stop()
    },
    120_000,
  )
})

test('a copy made while the API runs holds what was acknowledged before, is whole, and can be served', async () => {
  const { url } = await serve('busy.db')
  await send(url, 0, 300, () => false)
  let copied = false
  const sending = send(url, 300, 100_000, () => copied)
  const copying = spawn(process.execPath, [cli, 'serve', '--db', 'busy.db', '--back-up', 'copy.db'], { cwd: folder, env })
  const [code] = await once(copying, 'exit')
  copied = true
  const sent = 300 + (await sending).length
  expect(code).toBe(0)
  expect(existsSync(join(folder, 'copy.db.partial'))).toBe(false)

  const copy = new DatabaseSync(join(folder, 'copy.db'), { readOnly: true })
  expect(copy.prepare('pragma integrity_check').all()).toEqual([{ integrity_check: 'ok' }])
  copy.close()
  const restored = await sensorsIn((await serve('copy.db')).url)
  expect(restored.length).toBeGreaterThanOrEqual(300)
  expect(restored.length).toBeLessThanOrEqual(sent)
  expect(restored.slice(0, 300)).toEqual(everything(300))
}, 60_000)

test.each([
  ['of a file that is not there', ['--db', 'none.db', '--back-up', 'x.db'], 73, /x\.db: .*none\.db was not copied there/],
  ['of PostgreSQL', ['--db', 'postgres://localhost/x', '--back-up', 'x.db'], 64, /use pg_dump for PostgreSQL/],
])('a copy %s is refused in one line', (_name, args, code, line) => {
  const { status, stderr } = spawnSync(process.execPath, [cli, 'serve', ...args], { cwd: folder, env, encoding: 'utf8' })
  expect(stderr).toMatch(line)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(status).toBe(code)
})

test.runIf(hasPostgres)(
  'several APIs that start at once on an empty PostgreSQL and get the same anomalies keep each once and give one record',
  async () => {
    const postgres = await startPostgres()
    const apis = await Promise.all(
      Array.from({ length: 4 }, () =>
        startApi({ database: postgres.url, tokens: [tokenFor(TOKEN)], port: 0, log: () => expect.unreachable() }),
      ),
    )
    const answers = await Promise.all(
      everything(200).flatMap((sensorId) =>
        apis.map(async ({ url }, which) => {
          // Each API gets them in another order.
          const sensor = which % 2 === 0 ? sensorId : 199 - sensorId
          const answer = await fetch(`${url}/edge/anomalies`, post(TOKEN, `key-${sensor}`, anomaly({ sensorId: sensor })))
          return { status: answer.status, body: await answer.text(), sensor }
        }),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(200)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(600)
    for (const sensor of everything(200)) {
      expect(new Set(answers.filter((answer) => answer.sensor === sensor).map(({ body }) => body)).size).toBe(1)
    }
    expect(await sensorsIn(`${apis[0]?.url}/edge/anomalies`)).toEqual(everything(200))
    await Promise.all(apis.map((api) => api.close()))
    await postgres.stop()
  },
  120_000,
)

test.runIf(hasPostgres)(
  'while PostgreSQL is down the API stays up, says 503 with a time to come back, and works again when it is back',
  async () => {
    const postgres = await startPostgres()
    const lines: string[] = []
    const api = await startApi({ database: postgres.url, tokens: [tokenFor(TOKEN)], port: 0, log: (line) => lines.push(line) })
    const store = (key: string) => fetch(`${api.url}/edge/anomalies`, post(TOKEN, key, anomaly()))
    expect((await store('before')).status).toBe(201)
    await postgres.halt()
    const during = await store('during')
    expect([during.status, during.headers.get('retry-after')]).toEqual([503, '5'])
    expect((await fetch(`${api.url}/health`)).status).toBe(503)
    expect(lines.join('\n')).toContain('a commit failed')
    await postgres.start()
    expect((await store('during')).status).toBe(201)
    expect((await store('before')).status).toBe(200)
    expect((await fetch(`${api.url}/health`)).status).toBe(200)
    await api.close()
    await postgres.stop()
  },
  60_000,
)

test('a PostgreSQL that cannot be reached is named without its password', () => {
  const args = [cli, 'serve', '--token-file', 'tokens', '--db', 'postgres://me:hidden@127.0.0.1:1/anomalies']
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8' })
  expect(stderr).toMatch(/^pump-monitor: postgres:\/\/127\.0\.0\.1:1\/anomalies: cannot be opened .*ECONNREFUSED.*\n$/)
  expect(stderr).not.toContain('hidden')
  expect(status).toBe(78)
})
