import type { FastifyInstance, FastifyRequest } from 'fastify'
import { checked, Problem } from './problem.ts'
import { anomalySchema, idempotencyKeySchema, type ListQuery, listQuerySchema } from './schemas.ts'
import type { Filter, Store } from './store.ts'
import { mayUse, type Token } from './tokens.ts'

export const ANOMALIES_PATH = '/edge/anomalies'

const JSON_TYPE = 'application/json; charset=utf-8'

/** `POST` and `GET` of anomalies; `tokenOf` gives the token that the request came with. */
export function anomalyRoutes(app: FastifyInstance, store: Store, tokenOf: (request: FastifyRequest) => Token): void {
  app.post(ANOMALIES_PATH, async (request, reply) => {
    const key = checked(idempotencyKeySchema, request.headers['idempotency-key'], {
      status: 400,
      of: 'the header Idempotency-Key',
      pointer: 'Idempotency-Key',
    })
    const anomaly = checked(anomalySchema, request.body, { status: 422, of: 'the body', pointer: '#' })
    refuseOtherSites(tokenOf(request), anomaly.siteId)
    const added = await store.add(key, anomaly)
    switch (added.kind) {
      case 'stored':
      case 'known':
        return reply
          .code(added.kind === 'stored' ? 201 : 200)
          .type(JSON_TYPE)
          .send(added.anomaly)
      case 'conflict':
        throw new Problem(422, 'the Idempotency-Key belongs to another anomaly of this site; nothing was stored')
      case 'full':
        throw new Problem(503, 'too many anomalies arrive at once; this one was not stored', { headers: { 'retry-after': '5' } })
      case 'failed':
        throw new Problem(503, 'the database does not answer; the anomaly may be stored or not', {
          headers: { 'retry-after': '5' },
        })
    }
  })

  app.get(ANOMALIES_PATH, async (request, reply) => {
    const query = checked(listQuerySchema, withNumbers(request.query), { status: 400, of: 'the query', pointer: '' })
    const token = tokenOf(request)
    if (query.siteId !== undefined) refuseOtherSites(token, query.siteId)
    const filter = filterOf(query, token)
    const { items, total } = await store.list(filter)
    const rest = JSON.stringify({ total, skip: filter.skip, take: filter.take })
    return reply.type(JSON_TYPE).send(`{"items":[${items.join(',')}],${rest.slice(1)}`)
  })
}

function refuseOtherSites(token: Token, siteId: number): void {
  if (!mayUse(token, siteId)) throw new Problem(403, `the token ${token.name} is not good for site ${siteId}`)
}

const TEXT_KEYS: ReadonlySet<string> = new Set(['startDate', 'endDate', 'sortDirection'] satisfies (keyof ListQuery)[])

/** Values of the query are texts; those that the schema wants as numbers become numbers when written as whole ones. */
function withNumbers(query: unknown): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(query as Record<string, unknown>).map(([name, value]) => [
      name,
      !TEXT_KEYS.has(name) && typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ]),
  )
}

function filterOf(query: ListQuery, token: Token): Filter {
  const take = query.take ?? query.pageSize ?? 25
  return {
    sites: token.sites,
    siteId: query.siteId,
    pumpId: query.pumpId,
    sensorId: query.sensorId,
    fromMs: query.startDate === undefined ? undefined : Date.parse(query.startDate),
    toMs: query.endDate === undefined ? undefined : endMs(query.endDate),
    skip: query.skip ?? ((query.page ?? 1) - 1) * take,
    take,
    sortDirection: query.sortDirection ?? 'desc',
  }
}

function endMs(endDate: string): number {
  const start = Date.parse(endDate)
  return endDate.includes('T') ? start : start + 86_400_000 - 1
}
