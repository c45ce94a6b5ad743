import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** How an API that is not the reference differs from it. */
export interface Manner {
  /** Nested fields as JSON texts. */
  readonly texts?: boolean
  /** `skip` and `take` are refused, or left out in silence. */
  readonly skip?: 'refused' | 'ignored'
  /** At most so many items at once. */
  readonly most?: number
  readonly withoutTotal?: boolean
  readonly ignoresDates?: boolean
  /** Called before each answer; what it answers itself is no longer passed on. */
  readonly instead?: (count: number, response: ServerResponse, request: IncomingMessage) => boolean | Promise<boolean>
}

/** A server before the reference API that behaves as other APIs do; gives its address and the queries that it got. */
export async function startOther(upstream: string, manner: Manner) {
  const asked: URLSearchParams[] = []
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(request.url ?? '/', 'http://other')
    asked.push(new URLSearchParams(url.searchParams))
    if ((await manner.instead?.(asked.length, response, request)) === true) return
    if (manner.skip === 'refused' && (url.searchParams.has('skip') || url.searchParams.has('take'))) {
      response.writeHead(400, { 'content-type': 'application/problem+json' }).end('{"title":"unknown parameter skip"}')
      return
    }
    if (manner.skip === 'ignored') for (const name of ['skip', 'take']) url.searchParams.delete(name)
    if (manner.ignoresDates === true) for (const name of ['startDate', 'endDate']) url.searchParams.delete(name)
    for (const name of ['take', 'pageSize']) {
      const size = Number(url.searchParams.get(name) ?? 0)
      if (manner.most !== undefined && size > manner.most) url.searchParams.set(name, String(manner.most))
    }
    const got = await fetch(upstream + url.pathname + url.search, {
      headers: { authorization: request.headers.authorization ?? '' },
    })
    const body = (await got.json()) as { items?: Record<string, unknown>[]; total?: number }
    if (manner.withoutTotal === true) delete body.total
    if (manner.texts === true) body.items = body.items?.map(asTexts) ?? []
    response.writeHead(got.status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Objects within objects as texts as well. */
function asTexts(item: Record<string, unknown>): Record<string, unknown> {
  const within = (value: unknown) =>
    JSON.stringify(
      Object.fromEntries(
        Object.entries(value as Record<string, unknown>).map(([name, inner]) => [
          name,
          typeof inner === 'object' && inner !== null ? JSON.stringify(inner) : inner,
        ]),
      ),
    )
  return { ...item, additionalContext: within(item['additionalContext']), metadata: within(item['metadata']) }
}
