import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Metrics } from './metrics.ts'
import { openApiDocument } from './openapi.ts'
import { Problem } from './problem.ts'
import type { Store } from './store.ts'
import type { Token } from './tokens.ts'

/** What anyone may ask: whether the API works, and what it takes. */
export function publicRoutes(app: FastifyInstance, store: Store): void {
  app.get('/health', async () => {
    try {
      await store.ping()
    } catch (cause) {
      throw new Problem(503, 'the database does not answer', { cause, headers: { 'retry-after': '5' } })
    }
    return { status: 'ok' }
  })
  const document = openApiDocument()
  app.get('/openapi.json', async () => document)
}

/** What only those may ask who may see every site. */
export function metricsRoute(app: FastifyInstance, metrics: Metrics, tokenOf: (request: FastifyRequest) => Token): void {
  app.get('/metrics', async (request, reply) => {
    const token = tokenOf(request)
    if (token.sites !== 'all') throw new Problem(403, `the token ${token.name} is not good for all sites`)
    return reply.type(metrics.contentType).send(await metrics.text())
  })
}
