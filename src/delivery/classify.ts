import type { Answer } from './answer.ts'
import { parseRetryAfter } from './retry-after.ts'

/** What an answer means for the anomaly that was sent. */
export type Outcome =
  /** Stored: the anomaly may be removed. */
  | { readonly kind: 'accepted'; readonly recordId: string }
  /** The anomaly itself is not acceptable. */
  | { readonly kind: 'rejected'; readonly status: number; readonly reason: string; readonly answer: string }
  /** The anomaly is right and a setting is not: every other one would fare the same. */
  | { readonly kind: 'wrong setting'; readonly reason: string; readonly mend: string }
  /** Later. */
  | {
      readonly kind: 'unavailable'
      readonly reason: string
      readonly retryAfterMs: number | null
      /** The server may have stored it all the same: look before sending again. */
      readonly mayBeStored: boolean
      /** Speaks of the server, not of this one anomaly: the circuit breaker counts it. */
      readonly countsAgainstServer: boolean
    }

const MENDS: Readonly<Record<number, string>> = {
  401: 'give a valid token (doctor names the source in use)',
  403: 'give a token that may report for this site',
  404: 'check api.base_url',
  405: 'check api.base_url',
  407: 'check the proxy and its credentials',
}

/** One pure function from answer to meaning. */
export function classify(answer: Answer, nowMs: number): Outcome {
  if (answer.kind === 'no answer') {
    if (answer.mend !== null) return { kind: 'wrong setting', reason: answer.reason, mend: answer.mend }
    return unavailable(answer.reason, null, answer.reached)
  }
  const { status, body } = answer
  const reason = `the API answered ${status}${explanation(body)}`
  const retryAfterMs = parseRetryAfter(answer.retryAfter, answer.date, nowMs)
  if (status >= 200 && status < 300) {
    const recordId = recordIdOf(body)
    if (recordId !== null) return { kind: 'accepted', recordId }
    return unavailable(`the answer ${status} carries no stored record (a login page in between?)`, retryAfterMs, true)
  }
  if (status >= 300 && status < 400) {
    const target = answer.location === null ? '' : ` to ${withoutQuery(answer.location)}`
    return {
      kind: 'wrong setting',
      reason: `${reason}, a redirect${target}, and redirects are not followed`,
      mend: 'set api.base_url to the final address',
    }
  }
  switch (status) {
    case 400:
    case 413:
    case 422:
      return { kind: 'rejected', status, reason, answer: body }
    case 409:
      return { ...unavailable(reason, retryAfterMs, true), countsAgainstServer: false }
    case 425:
    case 429:
    case 503:
      return unavailable(reason, retryAfterMs, false)
    case 408:
      return unavailable(reason, retryAfterMs, true)
    default:
      if (status >= 500) return unavailable(reason, retryAfterMs, true)
      return {
        kind: 'wrong setting',
        reason,
        mend: MENDS[status] ?? 'check api.base_url and what stands between here and the API',
      }
  }
}

function unavailable(reason: string, retryAfterMs: number | null, mayBeStored: boolean) {
  return { kind: 'unavailable', reason, retryAfterMs, mayBeStored, countsAgainstServer: true } as const
}

/** The id of the stored record, whether number or text; null for anything that is no such record. */
function recordIdOf(body: string): string | null {
  const id = parseObject(body)?.['id']
  if (typeof id === 'string' && id !== '') return id
  return typeof id === 'number' ? String(id) : null
}

/** The words of a problem document (RFC 9457), shortened; nothing of a page of HTML. */
function explanation(body: string): string {
  const problem = parseObject(body)
  const words = [problem?.['title'], problem?.['detail'], problem?.['message']].filter(
    (word) => typeof word === 'string' && word !== '',
  )
  const text = [...new Set(words)].join(': ').replaceAll(/\s+/g, ' ')
  return text === '' ? '' : ` (${text.slice(0, 200)})`
}

function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '').slice(0, 200)
}
