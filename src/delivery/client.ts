import { readFileSync } from 'node:fs'
import { type ClientRequest, Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { resolve } from 'node:path'
import { createSecureContext } from 'node:tls'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import type { Answer } from './answer.ts'
import { apiAddress } from './api-address.ts'
import { explainNoAnswer } from './no-answer.ts'
import type { Secret } from './secret.ts'

export interface ClientSettings {
  readonly baseUrl: string
  readonly token: Secret
  readonly caFile: string | null
  readonly clientCertFile: string | null
  readonly clientKeyFile: string | null
  readonly allowInsecureLoopback: boolean
  /** For the proxy: https_proxy, no_proxy. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Such as `pump-monitor/1.0.0`. */
  readonly userAgent: string
  readonly cwd: string
  /** Of an answer; 1 MiB unless given. */
  readonly mostBytes?: number
}

/** Limits of one exchange, from the name look-up to the last byte of the answer. */
export interface ExchangeLimits {
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** Never throws and never follows a redirect; everything that can happen is an Answer. */
export interface Client {
  /** `POST {base_url}/edge/anomalies`; the key makes a second sending the same anomaly. */
  readonly post: (body: string, key: string, limits: ExchangeLimits) => Promise<Answer>
  /** `GET {base_url}/edge/anomalies?…`. */
  readonly list: (query: Readonly<Record<string, string>>, limits: ExchangeLimits) => Promise<Answer>
  readonly close: () => void
}

const MOST_BYTES = 1_048_576

/** Throws ConfigurationFailure (exit 78) for an address, a certificate or a key that cannot work. */
export function createClient(settings: ClientSettings): Client {
  const address = apiAddress(settings.baseUrl, settings.allowInsecureLoopback)
  const secure = address.protocol === 'https:'
  const agent = secure
    ? new HttpsAgent({
        keepAlive: true,
        proxyEnv: { ...settings.env },
        // Stated, because NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment changes the default.
        rejectUnauthorized: true,
        minVersion: 'TLSv1.2',
        ...readCertificates(settings),
      })
    : new HttpAgent({ keepAlive: true })
  const url = (query: string) => `${address.href.replace(/\/$/, '')}/edge/anomalies${query}`
  const headers = {
    authorization: `Bearer ${settings.token.reveal()}`,
    accept: 'application/json, application/problem+json',
    'user-agent': settings.userAgent,
  }
  const exchange = (method: string, target: string, extra: Record<string, string>, body: string | null, limits: ExchangeLimits) =>
    perform(
      (secure ? httpsRequest : httpRequest)(target, { method, agent, headers: { ...headers, ...extra } }),
      secure,
      body,
      limits,
      settings,
    )
  return {
    post: (body, key, limits) => {
      const extra = {
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'idempotency-key': key,
      }
      return exchange('POST', url(''), extra, body, limits)
    },
    list: (query, limits) => exchange('GET', url(`?${new URLSearchParams(query)}`), {}, null, limits),
    close: () => agent.destroy(),
  }
}

function perform(
  request: ClientRequest,
  secure: boolean,
  body: string | null,
  limits: ExchangeLimits,
  { token, mostBytes = MOST_BYTES }: ClientSettings,
): Promise<Answer> {
  return new Promise((done) => {
    let reached = false
    let settled = false
    const settle = (answer: Answer) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      limits.signal.removeEventListener('abort', abort)
      request.destroy()
      done(answer)
    }
    const fail = (error: unknown) => settle(explainNoAnswer(error, reached, token))
    const timer = setTimeout(
      () => fail(new Error(`no whole answer within ${Math.round(limits.limitMs) / 1000} s`)),
      limits.limitMs,
    )
    const abort = () => fail(new Error('the run was asked to stop'))
    limits.signal.addEventListener('abort', abort)
    if (limits.signal.aborted) abort()
    request.on('socket', (socket) => {
      // The handshake ends before the first byte of ours leaves; a connection kept alive is through already.
      if (request.reusedSocket) reached = true
      else socket.once(secure ? 'secureConnect' : 'connect', () => (reached = true))
    })
    request.on('error', fail)
    request.on('response', (response) => {
      reached = true
      collect(response, mostBytes, (text) => settle(answerOf(response, token.redact(text))), fail)
    })
    request.end(body ?? undefined)
  })
}

function collect(
  response: IncomingMessage,
  mostBytes: number,
  done: (text: string) => void,
  fail: (error: unknown) => void,
): void {
  const chunks: Buffer[] = []
  let size = 0
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    size += chunk.length
    if (size > mostBytes) fail(new Error(`the answer ${response.statusCode} is longer than ${mostBytes} bytes`))
  })
  response.on('error', fail)
  response.on('close', () =>
    response.complete ? done(Buffer.concat(chunks).toString('utf8')) : fail(new Error('the answer broke off')),
  )
}

function answerOf(response: IncomingMessage, body: string): Answer {
  const { date, location } = response.headers
  const retryAfter = response.headers['retry-after']
  return {
    kind: 'answer',
    status: response.statusCode ?? 0,
    retryAfter: retryAfter ?? null,
    date: date ?? null,
    location: location ?? null,
    body,
  }
}

/** With a private authority only that one is trusted. */
function readCertificates({ caFile, clientCertFile, clientKeyFile, cwd }: ClientSettings): {
  ca?: Buffer
  cert?: Buffer
  key?: Buffer
} {
  const files = { ca: caFile, cert: clientCertFile, key: clientKeyFile }
  const keys = { ca: 'api.ca_file', cert: 'api.client_cert_file', key: 'api.client_key_file' } as const
  const read: { ca?: Buffer; cert?: Buffer; key?: Buffer } = {}
  for (const name of ['ca', 'cert', 'key'] as const) {
    const file = files[name]
    if (file === null) continue
    try {
      const bytes = readFileSync(resolve(cwd, file))
      if (!bytes.includes('-----BEGIN ')) throw new Error('no PEM block in it')
      read[name] = bytes
    } catch (error) {
      throw badCertificate(`${keys[name]} ${file}`, error)
    }
  }
  try {
    createSecureContext(read)
  } catch (error) {
    throw badCertificate(Object.values(keys).join(', '), error)
  }
  return read
}

function badCertificate(where: string, error: unknown): ConfigurationFailure {
  return new ConfigurationFailure({
    where,
    what: `not usable (${reasonOf(error)})`,
    mend: 'give PEM files that this user can read; the key must belong to the certificate and have no passphrase',
    cause: error,
  })
}
