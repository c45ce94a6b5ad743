import type { DeliveryReport } from '../delivery/deliver.ts'
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
  // HTTP and TLS are loaded only by a run that has something to send.
  const { sendNow } = await import('./send-now.ts')
  const report = await sendNow(spool, program, { ...request, baseUrl: api.base_url, token }, world)
  return { kind: 'delivered', report }
}

/** The token of this run, from the first source that has one. Throws ConfigurationFailure. */
export function tokenOf({ deployment: { api } }: Program, { env, userId, cwd }: World): Token | null {
  return findToken({ env, tokenFile: api.token_file, embedded: api.bearer_token, userId, cwd })
}
