import type { Socket } from 'node:net'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { reasonOf } from '../failure.ts'
import { PROBLEM_TYPE, Problem, problemBody, sendProblem } from './problem.ts'

/**
 * Every error is answered with problem details; a failure of the API itself is logged and may be tried again.
 * Wants to be called before the routes are added, to learn what each path takes.
 */
export function answerErrors(app: FastifyInstance, log: (line: string) => void): void {
  app.setErrorHandler((error: FastifyError | Problem, request, reply) => {
    // Where nothing is, a body that cannot be read changes nothing.
    if (request.is404) return answerMissing(request, reply)
    if (error instanceof Problem) {
      if (error.cause !== undefined) log(`${request.method} ${pathOf(request.url)}: ${reasonOf(error.cause)}`)
      return sendProblem(reply, error)
    }
    const status = error.statusCode ?? 500
    if (status < 500) return sendProblem(reply, new Problem(status, error.message))
    log(`${request.method} ${pathOf(request.url)}: ${reasonOf(error)}`)
    return sendProblem(reply, new Problem(503, 'the anomaly could not be stored or read', { headers: { 'retry-after': '5' } }))
  })

  const methods = new Map<string, string[]>()
  app.addHook('onRoute', ({ path, method }) => {
    methods.set(path, [...(methods.get(path) ?? []), method].flat().sort())
  })
  const answerMissing = (request: FastifyRequest, reply: FastifyReply) => {
    const allow = methods.get(pathOf(request.url))?.join(', ')
    if (allow === undefined) return sendProblem(reply, new Problem(404, 'there is nothing at this path'))
    return sendProblem(reply, new Problem(405, `this path takes ${allow}`, { headers: { allow } }))
  }
  app.setNotFoundHandler(answerMissing)
}

function pathOf(url: string): string {
  return url.split('?')[0] ?? ''
}

/** What is not HTTP, or too large or too slow to become a request, is answered as well before the connection closes. */
export function answerUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const problem = unreadable(error.code)
  const body = problemBody(problem)
  const head = [
    `HTTP/1.1 ${problem.status} Error`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function unreadable(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW') return new Problem(431, 'the headers are too large')
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new Problem(408, 'the request did not arrive in time')
  return new Problem(400, 'this is not an HTTP request')
}
