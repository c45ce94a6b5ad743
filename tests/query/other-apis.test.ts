import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { anomaly } from '../api/anomalies.ts'
import { fleetAnomalies } from './fleet.ts'
import { type Manner, startOther } from './other-api.ts'
import { SITE_1_ONLY, startWorld, type World } from './world.ts'

/** 250 at one instant, so that pages end within it. */
function* crowded() {
  yield* fleetAnomalies({ pumps: 5, anomalies: 200, seed: 4 })
  for (let i = 0; i < 250; i++) {
    const usual = anomaly({ pumpId: 9, timestamp: '2026-01-05T00:00:00.000Z' })
    yield { ...usual, metadata: { ...usual.metadata, idempotencyKey: `same-${i}` } }
  }
}

let world: World
let other: Awaited<ReturnType<typeof startOther>> | null = null

beforeAll(async () => {
  world = await startWorld(crowded())
})
afterAll(() => world.close())
afterEach(() => other?.close())

async function ask(manner: Manner, ...argv: string[]) {
  other = await startOther(world.api.url, manner)
  return await world.query(argv, { PUMP_MONITOR_API: other.url })
}

const keysOf = (ndjson: string) =>
  ndjson
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).metadata.idempotencyKey as string)

describe('an API', () => {
  test.each<[string, Manner]>([
    ['with nested fields as JSON texts', { texts: true }],
    ['that refuses skip and take', { skip: 'refused' }],
    ['that leaves skip and take out', { skip: 'ignored' }],
    ['that leaves skip out and gives 40 at most', { skip: 'ignored', most: 40 }],
    ['that gives 30 at most', { most: 30 }],
    ['that says no total', { withoutTotal: true }],
  ])('%s is exported whole, each anomaly once', async (_, manner) => {
    const { code, stdout, stderr } = await ask(manner, 'export', '--format', 'ndjson')
    expect([code, stderr]).toEqual([0, ''])
    const keys = keysOf(stdout)
    expect(keys).toHaveLength(450)
    expect(new Set(keys).size).toBe(450)
    expect((await world.query(['export', '--format', 'ndjson'])).stdout).toBe(stdout)
  })

  test('that gives neither a second page by skip nor by page is refused in one line', async () => {
    const first = { items: Array.from({ length: 100 }, (_, i) => ({ ...anomaly(), id: i + 1 })), total: 200 }
    const manner: Manner = {
      instead: (_, response) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(first))
        return true
      },
    }
    const { code, stderr } = await ask(manner, 'export')
    expect([code, stderr]).toEqual([78, expect.stringMatching(/first page again when asked for the second.*\n$/)])
  })

  test('that does not keep to the dates is refused instead of being asked for ever', async () => {
    const { code, stderr } = await ask({ ignoresDates: true }, 'export', '--from', '2026-01-10')
    expect([code, stderr]).toEqual([65, expect.stringMatching(/^[^\n]*outside of the startDate and endDate[^\n]*\n$/)])
  })

  test('that is slow is waited for', async () => {
    const manner: Manner = { instead: () => sleep(300).then(() => false) }
    expect((await ask(manner, 'list', '--limit', '1')).code).toBe(0)
  })

  test.each([503, 429])('that answers %i is asked again, not before it says', async (status) => {
    const times: number[] = []
    const manner: Manner = {
      instead: (count, response) => {
        times.push(performance.now())
        if (count > 2) return false
        response.writeHead(status, { 'retry-after': '1' }).end()
        return true
      },
    }
    expect((await ask(manner, 'list', '--limit', '1')).code).toBe(0)
    expect(times.map((time, i) => Math.round(time - (times[i - 1] ?? time)) >= (i === 0 ? 0 : 990))).toEqual([true, true, true])
  })

  test.each([
    [401, 'get a new one', 78],
    [403, 'may not read what is asked for', 78],
    [404, 'check api.base_url', 78],
    [302, 'redirect', 78],
  ])('that answers %i in the middle is one clear line, and nothing is asked again', async (status, says, code) => {
    const manner: Manner = {
      instead: (count, response) => {
        if (count < 3) return false
        response.writeHead(status).end()
        return true
      },
    }
    const called = await ask(manner, 'export')
    expect([called.code, called.stderr]).toEqual([code, expect.stringMatching(new RegExp(`^[^\\n]*${says}[^\\n]*\\n$`))])
    expect(other?.asked).toHaveLength(3)
  })

  test('that wants an hour of rest is left alone, which is said', async () => {
    const manner: Manner = {
      instead: (_, response) => {
        response.writeHead(429, { 'retry-after': '3600' }).end()
        return true
      },
    }
    const { code, stderr } = await ask(manner, 'list')
    expect([code, stderr]).toEqual([69, expect.stringMatching(/^pump-monitor: the API: [^\n]*429[^\n]*\n$/)])
    expect(other?.asked).toHaveLength(1)
  })

  test('whose items are partly no anomalies gives the others, and how many were left out is said', async () => {
    const items = [{ ...anomaly(), id: 1 }, { id: 2 }, 'text']
    const manner: Manner = {
      instead: (_, response) => {
        response.end(JSON.stringify({ items, total: 3 }))
        return true
      },
    }
    const { code, stdout, stderr } = await ask(manner, 'list', '--format', 'ndjson')
    expect([code, keysOf(stdout), stderr]).toEqual([0, ['key'], expect.stringContaining('2 records of the API are no anomalies')])
  })

  test('whose token is good for one site only says which to name', async () => {
    const { stderr } = await world.query(['list', '--site', '2'], { ANOMALY_API_TOKEN: SITE_1_ONLY })
    expect(stderr).toContain('the token one is not good for site 2')
    expect((await world.query(['list', '--site', '1'], { ANOMALY_API_TOKEN: SITE_1_ONLY })).code).toBe(0)
  })

  test('that is not there is said after all tries', async () => {
    const config = JSON.stringify({ api: { retry_attempts: 2, retry_delay_seconds: 0.01 } })
    const file = `${world.folder}/quick.json`
    await import('node:fs').then(({ writeFileSync }) => writeFileSync(file, config))
    const { code, stderr } = await world.query(['list', '--config', file], { PUMP_MONITOR_API: 'http://127.0.0.1:1' })
    expect([code, stderr]).toEqual([69, expect.stringMatching(/^[^\n]*refuses connections[^\n]*\n$/)])
  })
})
