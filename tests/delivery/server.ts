import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer, type ServerOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** What the server saw of one request. */
export interface SeenRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** One way to treat a request. `store` keeps the anomaly as the real API would. */
export type Behaviour =
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly body?: string
      readonly headers?: Readonly<Record<string, string>>
    }
  /** The normal way: 201 with the record, once per key; GET lists. */
  | { readonly kind: 'work' }
  /** Cuts the connection, having stored the anomaly or not. */
  | { readonly kind: 'cut'; readonly stored: boolean }
  | { readonly kind: 'silence' }
  /** One byte at a time, for ever. */
  | { readonly kind: 'trickle' }
  /** As fast as it goes, for ever. */
  | { readonly kind: 'flood' }

export interface StoredRecord {
  readonly id: number
  readonly timestamp: string
  readonly metadata: { readonly idempotencyKey: string }
}

export interface TestServer {
  readonly url: string
  readonly seen: readonly SeenRequest[]
  /** In order of arrival. */
  readonly stored: readonly StoredRecord[]
  readonly keys: () => readonly string[]
  readonly connections: () => number
  /** What happens next: by the number of the request, counted from 0, and the request. */
  behave: (number: number, request: SeenRequest) => Behaviour
  readonly close: () => Promise<void>
}

export interface ServerSetup {
  readonly tls?: ServerOptions
  /** An API that stores whatever comes, as often as it comes. */
  readonly ignoresKeys?: boolean
  readonly host?: string
}

/** A real server on a port of its own that does what a test says, request by request. */
export async function startServer(setup: ServerSetup = {}): Promise<TestServer> {
  const seen: SeenRequest[] = []
  const stored: StoredRecord[] = []
  const server = setup.tls === undefined ? createHttpServer() : createHttpsServer(setup.tls)
  let connections = 0
  server.on('connection', () => {
    connections += 1
  })
  const store = (body: string): StoredRecord => {
    const record = JSON.parse(body)
    const known = stored.find(({ metadata }) => metadata.idempotencyKey === record.metadata.idempotencyKey)
    if (known !== undefined && setup.ignoresKeys !== true) return known
    const added = { ...record, id: stored.length + 1, createdAt: '2025-07-15T00:00:00.000Z' }
    stored.push(added)
    return added
  }
  const list = ({ query }: SeenRequest) => {
    const [from, to] = [Date.parse(query.get('startDate') ?? ''), Date.parse(query.get('endDate') ?? '')]
    const items = stored.filter(({ timestamp }) => Date.parse(timestamp) >= from && Date.parse(timestamp) <= to)
    return JSON.stringify({ items, total: items.length, skip: 0, take: 100 })
  }
  const work = (request: SeenRequest, response: ServerResponse) => {
    response.writeHead(request.method === 'POST' ? 201 : 200, { 'content-type': 'application/json' })
    response.end(request.method === 'POST' ? JSON.stringify(store(request.body)) : list(request))
  }
  const test: TestServer = {
    url: '',
    seen,
    stored,
    keys: () => stored.map(({ metadata }) => metadata.idempotencyKey),
    connections: () => connections,
    behave: () => ({ kind: 'work' }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  server.on('request', async (incoming: IncomingMessage, response: ServerResponse) => {
    incoming.on('error', () => undefined)
    response.on('error', () => undefined)
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk)
    const url = new URL(incoming.url ?? '/', 'http://server')
    const body = Buffer.concat(chunks).toString('utf8')
    const request = {
      method: incoming.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body,
    }
    const behaviour = test.behave(seen.length, request)
    seen.push(request)
    switch (behaviour.kind) {
      case 'work':
        return work(request, response)
      case 'answer':
        response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers })
        return void response.end(behaviour.body ?? '')
      case 'cut':
        if (behaviour.stored && request.method === 'POST') store(request.body)
        return void incoming.socket.destroy()
      case 'silence':
        return
      case 'trickle':
      case 'flood':
        return pour(response, behaviour.kind)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, setup.host ?? '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  Object.assign(test, { url: `${setup.tls === undefined ? 'http' : 'https'}://${setup.host ?? '127.0.0.1'}:${port}/v1` })
  onTestFinished(() => test.close())
  return test
}

function pour(response: ServerResponse, kind: 'trickle' | 'flood'): void {
  response.writeHead(201, { 'content-type': 'application/json' })
  const piece = kind === 'trickle' ? ' ' : ' '.repeat(65_536)
  const more = () => {
    if (response.destroyed) return
    response.write(piece)
    setTimeout(more, kind === 'trickle' ? 50 : 0)
  }
  more()
}
