import type { Answer } from '../delivery/answer.ts'
import { classify } from '../delivery/classify.ts'
import { apiClient } from './api-client.ts'
import { fail, type Health, ok, warn } from './health.ts'
import type { Program } from './program.ts'
import { tokenOf } from './sending.ts'
import type { World } from './world.ts'

/** Where the token comes from; the token itself is never shown. */
export function tokenHealth(program: Program, world: World): Health {
  const token = tokenOf(program, world)
  if (token !== null) return ok('token', `from ${token.source}`)
  return warn('token', 'there is none, so anomalies wait in the spool', 'set $ANOMALY_API_TOKEN or api.token_file')
}

/** Asks the API for one anomaly of this pump: address, TLS, token and its clock show in the answer. */
export async function apiHealth(program: Program, allowInsecureLoopback: boolean, world: World): Promise<Health[]> {
  const { api, site_info: site } = program.deployment
  if (api.base_url === null) return [warn('API', 'none is configured, so anomalies wait in the spool', 'set api.base_url')]
  const token = tokenOf(program, world)
  if (token === null)
    return [warn('API', `${api.base_url} was not asked, for lack of a token`, 'set the token, then run doctor again')]
  const client = apiClient(program, api.base_url, token, allowInsecureLoopback, world)
  try {
    const query = { siteId: String(site.site_id), pumpId: String(site.pump_id), pageSize: '1' }
    const answer = await client.list(query, { limitMs: api.timeout_seconds * 1000, signal: world.onStop() })
    return [reachability(answer, api.base_url, world.nowMs()), ...clockHealth(answer, world.nowMs())]
  } finally {
    client.close()
  }
}

function reachability(answer: Answer, baseUrl: string, nowMs: number): Health {
  if (answer.kind === 'answer' && answer.status === 200) return ok('API', `${baseUrl} answers, and takes the token`)
  const outcome = classify(answer, nowMs)
  const mend = outcome.kind === 'wrong setting' ? outcome.mend : 'nothing is lost: anomalies wait until it answers'
  const reason = outcome.kind === 'accepted' ? 'an unexpected answer' : outcome.reason
  return fail('API', `${baseUrl}: ${reason}`, mend)
}

/** Beyond this a certificate may look expired, and readings may look as if they came from the future [ms]. */
const CLOCK_TOLERANCE_MS = 120_000

function clockHealth(answer: Answer, nowMs: number): Health[] {
  const serverMs = answer.kind === 'answer' && answer.date !== null ? Date.parse(answer.date) : Number.NaN
  if (Number.isNaN(serverMs)) return []
  const offMs = nowMs - serverMs
  if (Math.abs(offMs) <= CLOCK_TOLERANCE_MS) return [ok('clock', "agrees with the API's")]
  const side = offMs > 0 ? 'ahead of' : 'behind'
  return [warn('clock', `${Math.round(Math.abs(offMs) / 1000)} s ${side} the API's`, 'let the device keep its time by NTP')]
}
