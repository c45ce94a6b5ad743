import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { aRecord, idOf } from './records.ts'
import { type Behaviour, startServer } from './server.ts'
import { aClient, aSpool, send, TOKEN } from './spools.ts'

const problem = (title: string) => JSON.stringify({ type: 'about:blank', title })
const answer = (status: number, body = problem('as told'), headers = {}): Behaviour => ({ kind: 'answer', status, body, headers })

test('the API gets what waits, with token and key, and the spool is empty afterwards', async () => {
  const server = await startServer()
  const { spool, unsent } = aSpool([aRecord(1), aRecord(2)])
  const report = await send(spool, aClient(server.url))
  expect(report).toMatchObject({ acknowledged: [idOf(1), idOf(2)], rejected: [], waiting: 0, stopped: null })
  expect(readdirSync(unsent)).toEqual([])
  const [first] = server.seen
  expect(first).toMatchObject({ method: 'POST', path: '/v1/edge/anomalies', body: JSON.stringify(aRecord(1)) })
  expect(first?.headers).toMatchObject({
    authorization: `Bearer ${TOKEN}`,
    'idempotency-key': idOf(1),
    'content-type': 'application/json',
  })
})

test('the newest of the grave ones goes first, then the rest by age', async () => {
  const server = await startServer()
  const records = [
    aRecord(5, 'Warning'),
    aRecord(3, 'Critical'),
    aRecord(1, 'Normal'),
    aRecord(4, 'Failure'),
    aRecord(2, 'Warning'),
  ]
  const { spool } = aSpool(records)
  await send(spool, aClient(server.url), { concurrency: 1 })
  expect(server.keys()).toEqual([4, 3, 1, 2, 5].map(idOf))
})

test('several are on their way at a time once the API has accepted one, never before', async () => {
  const server = await startServer()
  const { spool } = aSpool(Array.from({ length: 20 }, (_, n) => aRecord(n)))
  const client = aClient(server.url)
  let under = 0
  const most: number[] = []
  const counting = {
    ...client,
    post: async (...args: Parameters<typeof client.post>) => {
      under += 1
      most.push(under)
      const result = await client.post(...args)
      under -= 1
      return result
    },
  }
  const report = await send(spool, counting, { concurrency: 4 })
  expect(report.acknowledged).toHaveLength(20)
  expect(most[0]).toBe(1)
  expect(most[1]).toBe(1)
  expect(Math.max(...most)).toBe(4)
})

test.for([
  [500, 'the API answered 500 (as told)'],
  [502, '502'],
  [503, '503'],
  [408, '408'],
  [425, '425'],
  [429, '429'],
  [409, '409'],
] as const)('%i keeps the anomaly, and the third attempt succeeds', async ([status]) => {
  const server = await startServer()
  server.behave = (number) => (number < 2 ? answer(status) : { kind: 'work' })
  const { spool } = aSpool([aRecord(1)])
  const report = await send(spool, aClient(server.url))
  // After an answer that leaves open whether the anomaly was stored, a GET comes before the next POST.
  expect(report.acknowledged.length + report.waiting).toBe(1)
  const again = report.waiting === 0 ? report : await send(spool, aClient(server.url), { saved: report.saved })
  expect(again.waiting).toBe(0)
  expect(server.keys()).toEqual([idOf(1)])
})

test('a server that always fails leaves everything in the spool, after three attempts for one and two for the next', async () => {
  const server = await startServer()
  server.behave = (_, { method }) => (method === 'GET' ? answer(404) : answer(500))
  const { spool } = aSpool(Array.from({ length: 10 }, (_, n) => aRecord(n)))
  const report = await send(spool, aClient(server.url))
  expect(report).toMatchObject({ acknowledged: [], rejected: [], waiting: 10 })
  expect(report.stopped).toMatch(
    /failed several times in a row \(the API answered 500 \(as told\)\); the next attempt may follow in \d+ s/,
  )
  expect(server.seen.filter(({ method }) => method === 'POST')).toHaveLength(5)
})

test.for([
  [401, 'give a valid token'],
  [403, 'give a token that may report for this site'],
  [404, 'check api.base_url'],
  [405, 'check api.base_url'],
  [402, 'what stands between'],
  [410, 'what stands between'],
] as const)('%i stops the delivery after one request, nothing leaves the spool and the mend is named', async ([status, mend]) => {
  const server = await startServer()
  server.behave = () => answer(status)
  const { spool, unsent, rejected } = aSpool([aRecord(1), aRecord(2)])
  const before = readdirSync(unsent)
  const report = await send(spool, aClient(server.url))
  expect(report).toMatchObject({ acknowledged: [], rejected: [], waiting: 2 })
  expect(report.stopped).toContain(String(status))
  expect(report.stopped).toContain(mend)
  expect(server.seen).toHaveLength(1)
  expect(readdirSync(rejected)).toEqual([])
  expect(readdirSync(unsent)).toEqual(before)
})

test('a redirect is not followed, and the token does not reach the other host', async () => {
  const [server, other] = [await startServer(), await startServer()]
  server.behave = () => answer(301, '', { location: `${other.url}/edge/anomalies?token=1` })
  const { spool } = aSpool([aRecord(1)])
  const report = await send(spool, aClient(server.url))
  expect(report.stopped).toMatch(/redirect to .*set api.base_url to the final address/)
  expect(other.seen).toEqual([])
  expect(report.waiting).toBe(1)
})

test.for([400, 413, 422])('%i sets the anomaly aside with the answer beside it, and the others arrive', async (status) => {
  const server = await startServer()
  server.behave = (_, { body }) => (body.includes(idOf(2)) ? answer(status, problem('sensor unknown')) : { kind: 'work' })
  const { spool, rejected } = aSpool([aRecord(1), aRecord(2), aRecord(3)])
  const report = await send(spool, aClient(server.url), { concurrency: 1 })
  expect(report).toMatchObject({ acknowledged: [idOf(1), idOf(3)], rejected: [idOf(2)], waiting: 0, stopped: null })
  const names = readdirSync(rejected)
  expect(names).toHaveLength(2)
  const beside = names.find((name) => name.endsWith('.answer.txt')) ?? ''
  expect(readFileSync(join(rejected, beside), 'utf8')).toContain('sensor unknown')
  expect(beside.replace('.answer.txt', '.try1.json')).toBe(names.find((name) => name.endsWith('.json')))
})

test('three refusals in a row stop the delivery and set none aside', async () => {
  const server = await startServer()
  server.behave = () => answer(400)
  const { spool, rejected } = aSpool(Array.from({ length: 10 }, (_, n) => aRecord(n)))
  const report = await send(spool, aClient(server.url))
  expect(report).toMatchObject({ acknowledged: [], rejected: [], waiting: 10 })
  expect(report.stopped).toMatch(/refused 3 anomalies in a row, so none was set aside/)
  expect(server.seen).toHaveLength(3)
  expect(readdirSync(rejected)).toEqual([])
})

test('three bad anomalies at the head keep the good ones from arriving for one run only', async () => {
  const server = await startServer()
  const bad = [idOf(7), idOf(8), idOf(9)]
  server.behave = (_, { body, method }) =>
    method === 'POST' && bad.some((id) => body.includes(id)) ? answer(422) : { kind: 'work' }
  const { spool } = aSpool([...[7, 8, 9].map((n) => aRecord(n, 'Failure')), ...[1, 2, 3, 4].map((n) => aRecord(n))])
  const first = await send(spool, aClient(server.url))
  expect(first).toMatchObject({ acknowledged: [], rejected: [] })
  const second = await send(spool, aClient(server.url), { saved: first.saved })
  expect(second.waiting).toBe(0)
  expect([...second.rejected].sort()).toEqual(bad)
  expect([...server.keys()].sort()).toEqual([1, 2, 3, 4].map(idOf))
})

test('one anomaly on which the server fails every time keeps no other one waiting', async () => {
  const server = await startServer()
  server.behave = (_, { body, method }) => (method === 'POST' && body.includes(idOf(9)) ? answer(500) : { kind: 'work' })
  const { spool } = aSpool([aRecord(9, 'Failure'), ...[1, 2, 3, 4].map((n) => aRecord(n))])
  const report = await send(spool, aClient(server.url))
  expect(report).toMatchObject({ waiting: 1, rejected: [] })
  expect(server.keys()).toEqual([1, 2, 3, 4].map(idOf))
})

test('a dozen such anomalies keep a good one waiting for a few runs at most', async () => {
  const server = await startServer()
  server.behave = (_, { body, method }) => (method === 'POST' && !body.includes(idOf(1)) ? answer(500) : { kind: 'work' })
  const { spool } = aSpool([...Array.from({ length: 12 }, (_, n) => aRecord(100 + n, 'Failure')), aRecord(1)])
  let runs = 0
  while (server.keys().length === 0 && runs < 20) {
    runs += 1
    // A person's flush: the circuit would otherwise make these runs wait for minutes.
    await send(spool, aClient(server.url), { force: true })
  }
  expect(server.keys()).toEqual([idOf(1)])
  expect(spool.waiting()).toHaveLength(12)
})

test.for([
  ['a connection cut before the server stored anything', { kind: 'cut', stored: false }],
  ['a connection cut after the server stored the anomaly', { kind: 'cut', stored: true }],
  ['a captive portal that answers 200 with a page', answer(200, '<html>Log in</html>', { 'content-type': 'text/html' })],
  ['201 without a body', answer(201, '')],
  ['201 with bad JSON', answer(201, '{"id": 1')],
  ['200 with JSON that is no record', answer(200, '[{"id":1}]')],
] as const)(
  '%s is no acknowledgement; the next attempt delivers, once even at an API that ignores the key',
  async ([_, behaviour]) => {
    const server = await startServer({ ignoresKeys: true })
    server.behave = (number) => (number === 0 ? behaviour : { kind: 'work' })
    const { spool } = aSpool([aRecord(1)])
    const report = await send(spool, aClient(server.url))
    expect(report).toMatchObject({ acknowledged: [idOf(1)], waiting: 0 })
    expect(server.keys()).toEqual([idOf(1)])
  },
)

test.for([
  ['never answers', { kind: 'silence' }],
  ['sends a byte now and then', { kind: 'trickle' }],
  ['never ends its answer', { kind: 'flood' }],
] as const)('a server that %s costs the time limit, and the anomaly stays', async ([_, behaviour]) => {
  const server = await startServer()
  server.behave = () => behaviour
  const { spool } = aSpool([aRecord(1)])
  const report = await send(spool, aClient(server.url), { timeoutMs: 300, attempts: 2 })
  expect(report).toMatchObject({ acknowledged: [], waiting: 1 })
  expect(report.stopped).toMatch(/no whole answer within 0.3 s|longer than 1048576 bytes/)
})

test('an API that refuses connections leaves no trace on the anomaly, because nothing can have been stored', async () => {
  const server = await startServer()
  await server.close()
  const { spool, unsent } = aSpool([aRecord(1)])
  const before = readdirSync(unsent)
  const report = await send(spool, aClient(server.url))
  expect(report.stopped).toContain('ECONNREFUSED')
  expect(readdirSync(unsent)).toEqual(before)
})

test('a name that does not resolve keeps the anomaly and says so', async () => {
  const { spool } = aSpool([aRecord(1)])
  const report = await send(spool, aClient('https://api.invalid/v1'), { attempts: 1 })
  expect(report).toMatchObject({ waiting: 1, stopped: expect.stringMatching(/cannot be resolved/) })
})

test('a kill between the answer and the removal sends nothing twice, even to an API that ignores the key', async () => {
  const server = await startServer({ ignoresKeys: true })
  const { spool, open } = aSpool([aRecord(1)])
  // What the killed run did: it noted the attempt, sent, and the server stored the anomaly.
  const [entry] = spool.markTried(spool.waiting())
  expect(entry?.tries).toBe(1)
  const client = aClient(server.url)
  await client.post(JSON.stringify(aRecord(1)), idOf(1), { limitMs: 5000, signal: new AbortController().signal })
  const report = await send(open(), client)
  expect(report).toMatchObject({ acknowledged: [idOf(1)], waiting: 0 })
  expect(server.keys()).toEqual([idOf(1)])
  expect(server.seen.map(({ method }) => method)).toEqual(['POST', 'GET'])
})

test('where the API does not let us look, the anomaly is sent again under the same key and bytes', async () => {
  const server = await startServer()
  server.behave = (number, { method }) => {
    if (method === 'GET') return answer(403)
    return number === 0 ? { kind: 'cut', stored: true } : { kind: 'work' }
  }
  const { spool } = aSpool([aRecord(1)])
  const report = await send(spool, aClient(server.url))
  expect(report).toMatchObject({ acknowledged: [idOf(1)], waiting: 0 })
  const posts = server.seen.filter(({ method }) => method === 'POST')
  expect(posts.map(({ body }) => body)).toEqual([posts[0]?.body, posts[0]?.body])
  expect(server.keys()).toEqual([idOf(1)])
})

test('the time budget ends the delivery, and the rest waits', async () => {
  const server = await startServer()
  const { spool } = aSpool(Array.from({ length: 50 }, (_, n) => aRecord(n)))
  let elapsed = 0
  const report = await send(spool, aClient(server.url), {
    concurrency: 1,
    timeBudgetMs: 10_000,
    elapsedMs: () => (elapsed += 250),
  })
  expect(report.stopped).toBe('the time budget of 10 s is used up')
  expect(report.acknowledged.length).toBeGreaterThan(2)
  expect(report.acknowledged.length + report.waiting).toBe(50)
})

test('an attempt that the time budget cuts off is the last one', async () => {
  const server = await startServer()
  server.behave = () => ({ kind: 'silence' })
  const attempts: number[] = []
  for (let trial = 0; trial < 50; trial += 1) {
    const { spool } = aSpool([aRecord(1), aRecord(2)])
    const client = aClient(server.url)
    let made = 0
    const counting = {
      ...client,
      post: async (...args: Parameters<typeof client.post>) => {
        made += 1
        return await client.post(...args)
      },
    }
    await send(spool, counting, { attempts: 1, timeBudgetMs: 20, timeoutMs: 60_000 })
    attempts.push(made)
  }
  expect(new Set(attempts)).toEqual(new Set([1]))
})

test('a run that is asked to stop cuts off what is under way and keeps it', async () => {
  const server = await startServer()
  server.behave = () => ({ kind: 'silence' })
  const { spool } = aSpool([aRecord(1), aRecord(2)])
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 100)
  const report = await send(spool, aClient(server.url), { signal: controller.signal, timeoutMs: 60_000 })
  expect(report).toMatchObject({ waiting: 2, stopped: 'the run was asked to stop' })
})

test('answers that repeat the token reach neither files nor reports', async () => {
  const server = await startServer()
  server.behave = (number) => (number === 0 ? answer(422, problem(`no such token: ${TOKEN}`)) : { kind: 'work' })
  const { spool, rejected, said } = aSpool([aRecord(1), aRecord(2)])
  const report = await send(spool, aClient(server.url), { concurrency: 1 })
  const files = readdirSync(rejected).map((name) => readFileSync(join(rejected, name), 'utf8'))
  expect(files.join('')).toContain('no such token: [redacted]')
  expect(JSON.stringify([files, report, said])).not.toContain(TOKEN)
})
