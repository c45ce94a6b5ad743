import { type Client, createClient } from '../delivery/client.ts'
import { type DeliveryReport, deliver } from '../delivery/deliver.ts'
import type { Spool } from '../delivery/spool.ts'
import { findToken, type Token } from '../delivery/token.ts'
import type { Program } from './program.ts'
import type { World } from './world.ts'

/** What came of sending what waits. */
export type Sent =
  | { readonly kind: 'delivered'; readonly report: DeliveryReport }
  /** Nothing was tried; `reason` says why. */
  | { readonly kind: 'kept'; readonly waiting: number; readonly reason: string; readonly needsPerson: boolean }

/** What a run or a flush decides about sending. */
export interface SendingRequest {
  readonly allowInsecureLoopback: boolean
  /** A person asked: try at once, whatever earlier runs found. */
  readonly force: boolean
  /** State of breaker and Retry-After that the last delivery left. */
  readonly saved: unknown
  /** Told the token before it is used, so that no log line shows it whatever the line quotes. */
  readonly hide: (secret: string) => void
}

/** Anomalies on their way at a time, once the API has accepted one. */
const CONCURRENCY = 4

/** Sends what waits in the spool. Throws ConfigurationFailure for an address, a token or a certificate that cannot work. */
export async function sendWaiting(spool: Spool, program: Program, request: SendingRequest, world: World): Promise<Sent> {
  const { api } = program.deployment
  const waiting = spool.waiting().length
  if (waiting === 0) return { kind: 'kept', waiting, reason: 'nothing waits', needsPerson: false }
  // As on a device whose anomalies are carried away on a stick.
  if (api.base_url === null) return { kind: 'kept', waiting, reason: 'no API is configured (api.base_url)', needsPerson: false }
  const token = tokenOf(program, world)
  if (token === null) {
    const reason = 'there is no token ($ANOMALY_API_TOKEN or api.token_file)'
    return { kind: 'kept', waiting, reason, needsPerson: true }
  }
  request.hide(token.secret.reveal())
  const client = apiClient(program, api.base_url, token, request.allowInsecureLoopback, world)
  try {
    const report = await deliver(spool, client, {
      nowMs: world.nowMs,
      elapsedMs: world.elapsedMs,
      random: world.random,
      timeoutMs: api.timeout_seconds * 1000,
      timeBudgetMs: api.time_budget_seconds * 1000,
      attempts: api.retry_attempts,
      baseDelayMs: api.retry_delay_seconds * 1000,
      concurrency: CONCURRENCY,
      saved: request.saved,
      force: request.force,
      signal: world.onStop(),
    })
    return { kind: 'delivered', report }
  } finally {
    client.close()
  }
}

/** The token of this run, from the first source that has one. Throws ConfigurationFailure. */
export function tokenOf({ deployment: { api } }: Program, { env, userId, cwd }: World): Token | null {
  return findToken({ env, tokenFile: api.token_file, embedded: api.bearer_token, userId, cwd })
}

/** A client for the API; to be closed. Throws ConfigurationFailure. */
export function apiClient(program: Program, baseUrl: string, token: Token, allowInsecureLoopback: boolean, world: World): Client {
  const { api } = program.deployment
  return createClient({
    baseUrl,
    token: token.secret,
    caFile: api.ca_file,
    clientCertFile: api.client_cert_file,
    clientKeyFile: api.client_key_file,
    allowInsecureLoopback,
    env: world.env,
    userAgent: `pump-monitor/${program.manifest.runtime_version}`,
    cwd: world.cwd,
  })
}
