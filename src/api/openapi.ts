import * as z from 'zod/mini'
import { ANOMALIES_PATH } from './anomalies.ts'
import { PROBLEM_TYPE } from './problem.ts'
import {
  anomalyPageSchema,
  anomalySchema,
  idempotencyKeySchema,
  listQuerySchema,
  problemSchema,
  storedAnomalySchema,
} from './schemas.ts'

type Json = Readonly<Record<string, unknown>>

const COMPONENTS = {
  Anomaly: anomalySchema,
  StoredAnomaly: storedAnomalySchema,
  AnomalyPage: anomalyPageSchema,
  Problem: problemSchema,
}

const reference = (name: keyof typeof COMPONENTS): Json => ({ $ref: `#/components/schemas/${name}` })

/** The OpenAPI 3.1 document of the API, made from the schemas that it checks requests with. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Anomaly API',
      version: '1.0.0',
      summary: 'Keeps what pump-monitor found at the pumps of a fleet, each anomaly once.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    paths: {
      [ANOMALIES_PATH]: { post: postOperation(), get: listOperation() },
      '/health': {
        get: {
          operationId: 'getHealth',
          summary: 'Whether the API and its database work.',
          security: [],
          responses: {
            200: json('Both work.', { type: 'object', required: ['status'], properties: { status: { const: 'ok' } } }),
            ...pick(503),
          },
        },
      },
      '/metrics': {
        get: {
          operationId: 'getMetrics',
          summary: "What the API does, in Prometheus's text format; for tokens of all sites.",
          responses: {
            200: { description: 'The metrics.', content: { 'text/plain': { schema: { type: 'string' } } } },
            ...pick(400, 401, 403, 429),
          },
        },
      },
      '/openapi.json': {
        get: {
          operationId: 'getDocument',
          summary: 'This document.',
          security: [],
          responses: { 200: json('OpenAPI 3.1.', { type: 'object' }), ...pick(400) },
        },
      },
    },
    security: [{ token: [] }],
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'Good for some sites or for all.' } },
      schemas: componentSchemas(),
      responses: Object.fromEntries(Object.entries(PROBLEMS).map(([status, response]) => [`Problem${status}`, response])),
    },
  }
}

function postOperation(): Json {
  return {
    operationId: 'postAnomaly',
    summary: 'Stores an anomaly, once.',
    description:
      'An answer of 2xx means that the anomaly is on the disk. The same key and body again give the same record again.',
    parameters: [
      {
        name: 'Idempotency-Key',
        in: 'header',
        required: true,
        description: 'Names the anomaly within its site, for good.',
        schema: plain(z.toJSONSchema(idempotencyKeySchema)),
      },
    ],
    requestBody: { required: true, content: { 'application/json': { schema: reference('Anomaly') } } },
    responses: {
      200: json('It was stored before; the record of then.', reference('StoredAnomaly')),
      201: json('It is stored.', reference('StoredAnomaly')),
      ...pick(400, 401, 403, 413, 415, 422, 429, 503),
    },
  }
}

function listOperation(): Json {
  const { properties = {} } = z.toJSONSchema(listQuerySchema, { io: 'input' })
  return {
    operationId: 'listAnomalies',
    summary: 'Lists anomalies of the sites that the token is good for.',
    parameters: Object.entries(properties).map(([name, whole]) => {
      const { description, ...schema } = plain(whole as Json)
      return { name, in: 'query', required: false, description, schema }
    }),
    responses: { 200: json('A page of them.', reference('AnomalyPage')), ...pick(400, 401, 403, 429, 503) },
  }
}

const json = (description: string, schema: Json): Json => ({ description, content: { 'application/json': { schema } } })

const problem = (description: string, headers: Json | null = null): Json => ({
  description,
  ...(headers === null ? {} : { headers }),
  content: { [PROBLEM_TYPE]: { schema: reference('Problem') } },
})

const retryAfter = { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' } } }

const PROBLEMS = {
  400: problem('The request cannot be read, or a parameter or header is wrong.'),
  401: problem('The token is missing or not known.', { 'WWW-Authenticate': { schema: { type: 'string' } } }),
  403: problem('The token is not good for this.'),
  413: problem('The body is larger than 64 KiB.'),
  415: problem('The body is not JSON.'),
  422: problem('The body is not an anomaly, or its key belongs to another one of the site.'),
  429: problem('The token asks too often.', retryAfter),
  503: problem('The database does not answer, or too much arrives at once.', retryAfter),
}

function pick(...statuses: (keyof typeof PROBLEMS)[]): Json {
  return Object.fromEntries(statuses.map((status) => [status, { $ref: `#/components/responses/Problem${status}` }]))
}

function componentSchemas(): Json {
  const registry = z.registry<{ id: string }>()
  for (const [id, schema] of Object.entries(COMPONENTS)) registry.add(schema, { id })
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` })
  return Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)]))
}

/** Without what names a schema that stands alone. */
function plain(schema: Json): Json {
  const { $schema, $id, ...rest } = schema
  return rest
}
