import { STATUS_CODES } from 'node:http'
import type { FastifyReply } from 'fastify'
import * as z from 'zod/mini'
import type { ProblemDetails } from './schemas.ts'

z.config(z.locales.en())

export type Mistakes = NonNullable<ProblemDetails['errors']>

/** A request that is answered with problem details (RFC 9457) instead of what it asked for. */
export class Problem extends Error {
  readonly status: number
  readonly errors: Mistakes | null
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, detail: string, { errors = null, headers = {}, cause }: ProblemOptions = {}) {
    super(detail, { cause })
    this.name = 'Problem'
    this.status = status
    this.errors = errors
    this.headers = headers
  }
}

interface ProblemOptions {
  readonly errors?: Mistakes | null
  readonly headers?: Record<string, string>
  readonly cause?: unknown
}

export const PROBLEM_TYPE = 'application/problem+json'

/** `about:blank`: the status says what kind of problem it is, the detail the rest. */
export function problemBody({ status, message, errors }: Problem): string {
  const title = STATUS_CODES[status] ?? 'Error'
  const body: ProblemDetails = { type: 'about:blank', title, status, detail: message, ...(errors === null ? {} : { errors }) }
  return JSON.stringify(body)
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply.code(problem.status).headers(problem.headers).type(PROBLEM_TYPE).send(problemBody(problem))
}

/** The value as the schema has it, or a problem that names every mistake and its place. */
export function checked<T extends z.ZodMiniType>(
  schema: T,
  value: unknown,
  at: { status: number; of: string; pointer: string },
): z.output<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const errors = result.error.issues.slice(0, 20).map((issue) => ({
    pointer: [at.pointer, ...issue.path.map((part) => String(part).replaceAll('~', '~0').replaceAll('/', '~1'))]
      .filter((part) => part !== '')
      .join('/'),
    detail: issue.message,
  }))
  throw new Problem(at.status, `${at.of} is not what the API takes`, { errors })
}
