import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { anomalyRoutes } from './anomalies.ts'
import { answerErrors, answerUnreadable } from './answers.ts'
import { openDatabase } from './database.ts'
import { Problem, sendProblem } from './problem.ts'
import { createStore, type Store } from './store.ts'
import { bearerLookup, type Token } from './tokens.ts'

export interface ApiSetup {
  /** A SQLite file, made when missing. */
  readonly database: string
  readonly tokens: readonly Token[]
  /** Loopback unless given. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port: number
  /** Gets one line for each failure of the API itself. */
  readonly log: (line: string) => void
}

export interface Api {
  /** What devices get as `api.base_url`. */
  readonly url: string
  /** Answers what has arrived, then stops. */
  close(): Promise<void>
}

const LARGEST_BODY = 64 * 1024

/** Starts the reference API; throws a ConfigurationFailure when the database or the address cannot be used. */
export async function startApi({ database, tokens, host = '127.0.0.1', port, log }: ApiSetup): Promise<Api> {
  const store = createStore(await openDatabase(database), Date.now)
  const app = Fastify({
    bodyLimit: LARGEST_BODY,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, _request, reply) =>
      sendProblem(reply as FastifyReply, new Problem(error.statusCode ?? 400, error.message)),
    clientErrorHandler: answerUnreadable,
  })
  app.removeContentTypeParser('text/plain')
  answerErrors(app, log)

  const lookup = bearerLookup(tokens)
  app.decorateRequest('token', null)
  app.addHook('onRequest', async (request) => {
    if (request.is404) return
    const token = lookup(request.headers.authorization)
    if (token === null) {
      throw new Problem(401, 'a known bearer token is needed', { headers: { 'www-authenticate': 'Bearer' } })
    }
    request.setDecorator('token', token)
  })
  anomalyRoutes(app, store, (request) => request.getDecorator<Token>('token'))

  const close = closingOf(app, store)
  try {
    return { url: await app.listen({ host, port }), close }
  } catch (error) {
    await close()
    throw new ConfigurationFailure({
      where: `${host}:${port}`,
      what: `the API cannot listen there (${reasonOf(error)})`,
      mend: 'choose another --host or --port',
      cause: error,
    })
  }
}

/** Connections that have said nothing or not all of a request by then are cut [ms]. */
const GRACE_MS = 5_000

function closingOf(app: FastifyInstance, store: Store): () => Promise<void> {
  let closing = false
  // Otherwise a connection whose request was under way would be kept open for the next one, and the program with it.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  return async () => {
    closing = true
    const cut = setTimeout(() => app.server.closeAllConnections(), GRACE_MS)
    await app.close()
    clearTimeout(cut)
    await store.close()
  }
}
