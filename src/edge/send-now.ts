import { type DeliveryReport, deliver } from '../delivery/deliver.ts'
import type { Spool } from '../delivery/spool.ts'
import type { Token } from '../delivery/token.ts'
import { apiClient } from './api-client.ts'
import type { Program } from './program.ts'
import type { World } from './world.ts'

/** Where anomalies go, and what is known of the way. */
export interface Recipient {
  readonly baseUrl: string
  readonly token: Token
  readonly allowInsecureLoopback: boolean
  /** Try at once, whatever earlier runs found. */
  readonly force: boolean
  /** State of breaker and Retry-After that the last delivery left. */
  readonly saved: unknown
}

/** Anomalies on their way at a time, once the API has accepted one. */
const CONCURRENCY = 4

/** Sends what waits in the spool to the API. Throws ConfigurationFailure for an address or a certificate that cannot work. */
export async function sendNow(
  spool: Spool,
  program: Program,
  { baseUrl, token, allowInsecureLoopback, force, saved }: Recipient,
  world: World,
): Promise<DeliveryReport> {
  const { api } = program.deployment
  const client = apiClient(program, baseUrl, token, allowInsecureLoopback, world)
  try {
    return await deliver(spool, client, {
      nowMs: world.nowMs,
      elapsedMs: world.elapsedMs,
      random: world.random,
      timeoutMs: api.timeout_seconds * 1000,
      timeBudgetMs: api.time_budget_seconds * 1000,
      attempts: api.retry_attempts,
      baseDelayMs: api.retry_delay_seconds * 1000,
      concurrency: CONCURRENCY,
      saved,
      force,
      signal: world.onStop(),
    })
  } finally {
    client.close()
  }
}
