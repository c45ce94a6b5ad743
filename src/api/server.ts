import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { anomalyRoutes } from './anomalies.ts'
import { answerErrors, answerUnreadable } from './answers.ts'
import { openDatabase } from './database.ts'
import { createGuard } from './guard.ts'
import { watchApi } from './metrics.ts'
import { metricsRoute, publicRoutes } from './operations.ts'
import { Problem, sendProblem } from './problem.ts'
import { createStore, type Store } from './store.ts'
import type { Token } from './tokens.ts'

export interface ApiSetup {
  /** A SQLite file, made when missing, or `postgres://…`. */
  readonly database: string
  readonly tokens: readonly Token[]
  /** Loopback unless given. */
  readonly host?: string
  /** 0 takes a free one. */
  readonly port: number
  /** Of each token, in the long run; 1,000 unless given. */
  readonly requestsPerSecond?: number
  /** Gets one line for each failure of the API itself. */
  readonly log?: (line: string) => void
}

export interface Api {
  /** What devices get as `api.base_url`. */
  readonly url: string
  /** From the next request on only these are known. */
  replaceTokens(tokens: readonly Token[]): void
  /** Answers what has arrived, then stops. */
  close(): Promise<void>
}

/** A record is 1 to 3 KB. */
const LARGEST_BODY = 64 * 1024

/** Starts the reference API; throws a ConfigurationFailure when the database or the address cannot be used. */
export async function startApi(setup: ApiSetup): Promise<Api> {
  const { host = '127.0.0.1', port, log = () => undefined } = setup
  const db = await openDatabase(setup.database, log)
  const app = createApp(log)
  const metrics = watchApi(app, () => store.waiting())
  const store = createStore(db, Date.now, { ...metrics.watch, failed: (error) => log(`a commit failed: ${reasonOf(error)}`) })
  const guard = createGuard(setup.tokens, setup.requestsPerSecond ?? 1_000, Date.now)
  publicRoutes(app, store)
  app.register((inner, _options, done) => {
    guard.protect(inner)
    anomalyRoutes(inner, store, guard.tokenOf)
    metricsRoute(inner, metrics, guard.tokenOf)
    done()
  })

  const close = closingOf(app, store)
  try {
    return { url: await app.listen({ host, port }), replaceTokens: guard.replaceTokens, close }
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

function createApp(log: (line: string) => void): FastifyInstance {
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
  return app
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
