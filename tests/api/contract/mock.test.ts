import { type ChildProcess, spawn } from 'node:child_process'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { classify } from '../../../src/delivery/classify.ts'
import { type Client, createClient } from '../../../src/delivery/client.ts'
import { createSecret } from '../../../src/delivery/secret.ts'
import { aRecord, idOf } from '../../delivery/records.ts'
import { testToken } from '../../secrets/token.ts'
import { anomaly } from '../anomalies.ts'
import { hasPrism, prism } from './tools.ts'

const document = fileURLToPath(new URL('../../../src/api/openapi.json', import.meta.url))
const limits = { limitMs: 30_000, signal: new AbortController().signal }

/** Prism answers from the document alone and, with `--errors`, refuses whatever is not in it. */
async function startPrism(): Promise<{ child: ChildProcess; url: string; said: () => string }> {
  const child = spawn(process.execPath, [prism, 'mock', '--errors', '--port', '0', document], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  const url = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
        const found = /listening on (http:\/\/\S+)/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
    }
    child.once('exit', () => reject(new Error(said)))
  })
  return { child, url, said: () => said }
}

/** Passes everything on and asks the mock for one status, as only a header can. */
async function preferring(target: string, status: number): Promise<{ url: string; close: () => void }> {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, prefer: `code=${status}` }
    const onward = request(new URL(incoming.url ?? '', target), { method: incoming.method ?? 'GET', headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 0, answer.headers)
      answer.pipe(outgoing)
    })
    incoming.pipe(onward)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}

describe.runIf(hasPrism)("the device's client against a mock made from the OpenAPI document by Prism", () => {
  let mock: Awaited<ReturnType<typeof startPrism>>
  const clients: Client[] = []
  const clientOf = (baseUrl: string) => {
    const client = createClient({
      baseUrl,
      token: createSecret(testToken('mock')),
      caFile: null,
      clientCertFile: null,
      clientKeyFile: null,
      allowInsecureLoopback: true,
      env: {},
      userAgent: 'pump-monitor/1.0.0',
      cwd: '/',
    })
    clients.push(client)
    return client
  }
  beforeAll(async () => {
    mock = await startPrism()
  }, 60_000)
  afterAll(() => {
    for (const client of clients) client.close()
    mock.child.kill('SIGKILL')
  })

  test('what it sends keeps to the document, and what the document answers counts as stored', async () => {
    const client = clientOf(mock.url)
    for (const [key, record] of [
      [idOf(1), aRecord(1)],
      ['b'.repeat(64), anomaly()],
    ] as const) {
      const answer = await client.post(JSON.stringify(record), key, limits)
      expect(classify(answer, Date.now())).toMatchObject({ kind: 'accepted' })
    }
    const list = await client.list(
      { pumpId: '1', siteId: '12', startDate: aRecord(1).timestamp, endDate: aRecord(1).timestamp },
      limits,
    )
    expect(list).toMatchObject({ kind: 'answer', status: 200 })
    expect(mock.said()).not.toContain('Violation')
  })

  test('the mock sees a breach: a record without its site, a missing key', async () => {
    const { siteId, ...rest } = anomaly()
    const client = clientOf(mock.url)
    expect(await client.post(JSON.stringify(rest), 'k', limits)).toMatchObject({ kind: 'answer', status: 422 })
    expect(await client.list({ siteId: `${siteId}x` }, limits)).toMatchObject({ kind: 'answer', status: 400 })
  })

  test.each([
    [200, 'accepted'],
    [201, 'accepted'],
    [400, 'rejected'],
    [401, 'wrong setting'],
    [403, 'wrong setting'],
    [413, 'rejected'],
    [422, 'rejected'],
    [429, 'unavailable'],
    [503, 'unavailable'],
  ])('it takes the answer %i of the document as: %s', async (status, kind) => {
    const proxy = await preferring(mock.url, status)
    const answer = await clientOf(proxy.url).post(JSON.stringify(anomaly()), 'k', limits)
    expect(answer).toMatchObject({ kind: 'answer', status })
    expect(classify(answer, Date.now()).kind).toBe(kind)
    proxy.close()
  })
})
