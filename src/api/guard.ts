import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createRateLimit } from './limits.ts'
import { Problem } from './problem.ts'
import { bearerLookup, type Token } from './tokens.ts'

export interface Guard {
  /** Lets the routes of `app` be used by known tokens only, each within its share. */
  protect(app: FastifyInstance): void
  /** The token that a request to a protected route came with. */
  tokenOf(request: FastifyRequest): Token
  replaceTokens(tokens: readonly Token[]): void
}

export function createGuard(tokens: readonly Token[], requestsPerSecond: number, now: () => number): Guard {
  let lookup = bearerLookup(tokens)
  const limit = createRateLimit(requestsPerSecond)
  return {
    protect: (app) => {
      app.decorateRequest('token', null)
      app.addHook('onRequest', async (request) => {
        const token = lookup(request.headers.authorization)
        if (token === null) {
          throw new Problem(401, 'a known bearer token is needed', { headers: { 'www-authenticate': 'Bearer' } })
        }
        const wait = limit.waitOf(token.name, now())
        if (wait !== null) {
          const headers = { 'retry-after': String(wait) }
          throw new Problem(429, `the token ${token.name} asks more than ${requestsPerSecond} times a second`, { headers })
        }
        request.setDecorator('token', token)
      })
    },
    tokenOf: (request) => request.getDecorator<Token>('token'),
    replaceTokens: (next) => {
      lookup = bearerLookup(next)
    },
  }
}
