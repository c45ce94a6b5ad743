import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Api, startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { testToken } from '../secrets/token.ts'
import { anomaly, post } from './anomalies.ts'
import { hasPostgres, startPostgres } from './postgres.ts'

const [ALL_SITES, ONLY_12, ONLY_13] = ['all-sites', 'only-12', 'only-13'].map(testToken) as [string, string, string]

describe('on SQLite', () => {
  apiContract(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'api-'))
    return { url: join(folder, 'anomalies.db'), stop: async () => rmSync(folder, { recursive: true }) }
  })
})

describe.runIf(hasPostgres)('on PostgreSQL', () => apiContract(startPostgres))

function apiContract(openDatabase: () => Promise<{ url: string; stop: () => Promise<void> }>): void {
  const failures: string[] = []
  let database: { url: string; stop: () => Promise<void> }
  let api: Api
  let url: string

  beforeAll(async () => {
    database = await openDatabase()
    api = await start()
    url = `${api.url}/edge/anomalies`
  }, 60_000)
  afterAll(async () => {
    await api.close()
    await database.stop()
    if (failures.length > 0) throw new Error(failures.join('\n'))
  })

  function start(): Promise<Api> {
    return startApi({
      database: database.url,
      tokens: [tokenFor(ALL_SITES), tokenFor(ONLY_12, 'well-1', [12]), tokenFor(ONLY_13, 'well-2', [13])],
      port: 0,
      log: (line) => failures.push(line),
    })
  }

  async function send(request: RequestInit, at = url) {
    const response = await fetch(at, request)
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
  }

  const list = (query: string, token = ALL_SITES) => send({ headers: { authorization: `Bearer ${token}` } }, `${url}?${query}`)

  describe('POST', () => {
    test('an anomaly is stored and comes back with an id and the time of storing', async () => {
      const { status, body } = await send(post(ONLY_12, 'first', anomaly()))
      expect(status).toBe(201)
      expect(body).toEqual({ ...anomaly(), id: expect.any(Number), createdAt: expect.stringMatching(/^\d{4}-.*Z$/) })
      expect((await list('siteId=12')).body.items).toEqual([body])
    })

    test('the same key gives the same stored record again, whatever the order of the keys, and stores nothing', async () => {
      const first = await send(post(ONLY_12, 'again', anomaly({ pumpId: 2 })))
      const { siteId, metadata, ...rest } = anomaly({ pumpId: 2 })
      const turned = { metadata: Object.fromEntries(Object.entries(metadata).reverse()), ...rest, siteId }
      const second = await send(post(ONLY_12, 'again', turned))
      expect([first.status, second.status]).toEqual([201, 200])
      expect(second.body).toEqual(first.body)
      expect((await list('pumpId=2')).body.total).toBe(1)
    })

    test('a key that is used for something else is refused, and the first record stays', async () => {
      await send(post(ONLY_12, 'twice', anomaly({ pumpId: 3 })))
      const { status, body } = await send(post(ONLY_12, 'twice', anomaly({ pumpId: 3, logValue: 1 })))
      expect([status, body.status]).toEqual([422, 422])
      const { items } = (await list('pumpId=3')).body
      expect(items.map((item: { logValue: number }) => item.logValue)).toEqual([39.5])
    })

    test('equal keys of two sites are two anomalies, so that no site learns the keys of another', async () => {
      expect((await send(post(ONLY_12, 'shared', anomaly({ pumpId: 4 })))).status).toBe(201)
      expect((await send(post(ONLY_13, 'shared', anomaly({ siteId: 13, pumpId: 4 })))).status).toBe(201)
    })

    test('many at once, every key sent three times, are stored once each and all senders get the same record', async () => {
      const keys = Array.from({ length: 300 }, (_, index) => `burst-${index % 100}`)
      const answers = await Promise.all(
        keys.map((key) => send(post(ALL_SITES, key, anomaly({ pumpId: 5, sensorId: Number(key.slice(6)) })))),
      )
      expect(answers.filter(({ status }) => status === 201)).toHaveLength(100)
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(200)
      for (const [index, { body }] of answers.entries()) expect(body).toEqual(answers[index % 100]?.body)
      expect((await list('pumpId=5')).body.total).toBe(100)
    })

    test('what a newer device adds to the context or the metadata is kept', async () => {
      const record = anomaly({ pumpId: 6 })
      const newer = { ...record, metadata: { ...record.metadata, calibrated: true } }
      expect((await send(post(ALL_SITES, 'newer', newer))).body.metadata.calibrated).toBe(true)
    })
  })

  describe('GET', () => {
    beforeAll(async () => {
      for (const [index, day] of ['01', '02', '03', '04', '05'].entries()) {
        const record = anomaly({ siteId: 20, pumpId: index % 2, sensorId: index, timestamp: `2025-03-${day}T12:00:00.000Z` })
        await send(post(ALL_SITES, `page-${day}`, record))
      }
    })

    const sensors = async (query: string) => {
      const { body } = await list(`siteId=20&${query}`)
      return {
        sensors: body.items.map((item: { sensorId: number }) => item.sensorId),
        total: body.total,
        skip: body.skip,
        take: body.take,
      }
    }

    test('the newest event comes first, 25 to a page', async () => {
      expect(await sensors('')).toEqual({ sensors: [4, 3, 2, 1, 0], total: 5, skip: 0, take: 25 })
    })

    test('page and pageSize say the same as skip and take', async () => {
      const expected = { sensors: [2, 3], total: 5, skip: 2, take: 2 }
      expect(await sensors('page=2&pageSize=2&sortDirection=asc')).toEqual(expected)
      expect(await sensors('skip=2&take=2&sortDirection=asc')).toEqual(expected)
      expect(await sensors('skip=2&take=2&page=9&pageSize=9&sortDirection=asc')).toEqual(expected)
    })

    test.each([
      ['pumpId=1', [3, 1]],
      ['sensorId=4', [4]],
      ['startDate=2025-03-04', [4, 3]],
      ['startDate=2025-03-04T12:00:00Z', [4, 3]],
      ['startDate=2025-03-04T13:00:00.001%2B01:00', [4]],
      ['endDate=2025-03-02', [1, 0]],
      ['endDate=2025-03-02T11:59:59Z', [0]],
      ['startDate=2025-03-03T12:00:00.000Z&endDate=2025-03-03T12:00:00.000Z', [2]],
      ['pumpId=7', []],
    ])('%s leaves the sensors %j', async (query, expected) => {
      const found = await sensors(query)
      expect(found.sensors).toEqual(expected)
      expect(found.total).toBe(expected.length)
    })

    test.each([
      'take=0',
      'take=101',
      'take=ten',
      'take=1e1',
      'page=0',
      'skip=-1',
      'siteId=1&siteId=2',
      'siteId=',
      'startDate=yesterday',
      'startDate=2025-02-30',
      'sortDirection=up',
      'site_id=1',
    ])('%s is a mistake that is named', async (query) => {
      const { status, body } = await list(query)
      expect(status).toBe(400)
      expect(JSON.stringify(body)).toContain(query.split(/[=&]/)[0])
    })
  })

  describe('tokens', () => {
    test.each([
      ['none', undefined],
      ['a wrong one', 'Bearer wrong'],
      ['one of another scheme', `Basic ${ONLY_12}`],
      ['one without its scheme', ONLY_12],
      ['an empty one', 'Bearer '],
      ['one and more', `Bearer ${ONLY_12} x`],
    ])('%s is refused', async (_, value) => {
      const { status, headers, body } = await send({ headers: value === undefined ? {} : { authorization: value } })
      expect([status, body.status, headers.get('www-authenticate')]).toEqual([401, 401, 'Bearer'])
    })

    test('a token of one site can neither write to nor read another', async () => {
      expect((await send(post(ONLY_12, 'foreign', anomaly({ siteId: 13 })))).status).toBe(403)
      expect((await list('siteId=13', ONLY_12)).status).toBe(403)
      await send(post(ONLY_13, 'own', anomaly({ siteId: 13, pumpId: 9 })))
      const seen = (await list('take=100', ONLY_13)).body.items.map((item: { siteId: number }) => item.siteId)
      expect(new Set(seen)).toEqual(new Set([13]))
    })
  })

  describe('errors are problem details', () => {
    const good = JSON.stringify(anomaly())
    const refusals: [string, number, RequestInit, string?][] = [
      ['an unknown path', 404, { headers: { authorization: `Bearer ${ALL_SITES}` } }, '/edge'],
      ['a path that is no URL', 400, {}, '/%'],
      ['a method that the path does not take', 405, { method: 'DELETE' }],
      ['a method that few know', 405, { method: 'PROPFIND' }],
      ['a method that wants a body and has none', 405, { method: 'QUERY' }],
      ['broken JSON to an unknown path', 404, post(ALL_SITES, 'k', '{'), '/edge'],
      ['no body', 400, post(ALL_SITES, 'k', '')],
      ['broken JSON', 400, post(ALL_SITES, 'k', good.slice(0, -1))],
      ['a number that JSON cannot hold', 422, post(ALL_SITES, 'k', good.replace('39.5', '1e999'))],
      ['no object', 422, post(ALL_SITES, 'k', 'null')],
      ['a prototype in the body', 400, post(ALL_SITES, 'k', good.replace('{', '{"__proto__":{},'))],
      ['a body over 64 KiB', 413, post(ALL_SITES, 'k', { ...anomaly(), description: 'x'.repeat(65_536) })],
      [
        'text instead of JSON',
        415,
        { ...post(ALL_SITES, 'k', good), headers: { authorization: `Bearer ${ALL_SITES}`, 'content-type': 'text/plain' } },
      ],
      [
        'no Idempotency-Key',
        400,
        { ...post(ALL_SITES, 'k', good), headers: { authorization: `Bearer ${ALL_SITES}`, 'content-type': 'application/json' } },
      ],
      ['an Idempotency-Key of 256 characters', 400, post(ALL_SITES, 'k'.repeat(256), good)],
      ['a key that the record does not have', 422, post(ALL_SITES, 'k', { ...anomaly(), site: 12 })],
      ['a missing key', 422, post(ALL_SITES, 'k', { ...anomaly(), siteId: undefined })],
      ['a site that is no integer', 422, post(ALL_SITES, 'k', { ...anomaly(), siteId: 1.5 })],
      ['a local time', 422, post(ALL_SITES, 'k', { ...anomaly(), timestamp: '2024-06-01T00:00:00' })],
    ]
    test.each(refusals)('%s: %i', async (_name, status, request, path = '/edge/anomalies') => {
      const response = await fetch(api.url + path, request)
      const body = JSON.parse(await response.text())
      expect(response.status).toBe(status)
      expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/)
      expect(body).toMatchObject({ type: 'about:blank', title: expect.any(String), status, detail: expect.any(String) })
      if (status === 405) expect(response.headers.get('allow')).toBe('GET, HEAD, POST')
    })

    test('every mistake of a body is named with its place', async () => {
      const { siteId, ...rest } = anomaly()
      const { body } = await send(
        post(ALL_SITES, 'k', { ...rest, additionalContext: { ...rest.additionalContext, status: 'Bad' } }),
      )
      expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['#/siteId', '#/additionalContext/status'])
      expect(siteId).toBe(12)
    })

    test('headers of more than 16 KiB are answered with 431', async () => {
      const response = await fetch(url, { headers: { authorization: `Bearer ${'x'.repeat(17_000)}` } })
      expect(response.status).toBe(431)
      expect(JSON.parse(await response.text())).toMatchObject({ status: 431 })
    })

    test('bytes that are no HTTP are answered with 400', async () => {
      const { connect } = await import('node:net')
      const socket = connect(Number(new URL(api.url).port), '127.0.0.1')
      socket.end('hello\r\n\r\n')
      const answer = (await socket.setEncoding('utf8').toArray()).join('')
      expect(answer).toMatch(/^HTTP\/1\.1 400 /)
      expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status: 400 })
    })
  })

  test('what was stored is there after a restart', async () => {
    const before = (await list('siteId=12&take=100')).body
    await api.close()
    api = await start()
    url = `${api.url}/edge/anomalies`
    expect((await list('siteId=12&take=100')).body).toEqual(before)
    expect(before.total).toBeGreaterThan(0)
  })
}
