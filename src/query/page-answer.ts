import type { Answer } from '../delivery/answer.ts'
import { classify } from '../delivery/classify.ts'

/** What an answer to a `GET` of anomalies means. */
export type PageOutcome =
  | { readonly kind: 'page'; readonly items: readonly unknown[]; readonly total: number | null }
  /** Asking again may help. */
  | { readonly kind: 'later'; readonly reason: string; readonly retryAfterMs: number | null }
  /** The API does not take this query. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** A person must act. */
  | { readonly kind: 'wrong setting'; readonly reason: string; readonly mend: string }

const MENDS: Readonly<Record<number, string>> = {
  401: 'the token is unknown or has expired: get a new one',
  403: 'this token may not read what is asked for: name another --site, or get one that may',
}

/** One pure function from answer to meaning. */
export function classifyPage(answer: Answer, nowMs: number): PageOutcome {
  if (answer.kind === 'answer' && answer.status === 200) {
    const page = pageOf(answer.body)
    return page ?? { kind: 'later', reason: 'the answer is no list of anomalies (a login page in between?)', retryAfterMs: null }
  }
  const outcome = classify(answer, nowMs)
  switch (outcome.kind) {
    case 'rejected':
      return { kind: 'refused', reason: outcome.reason }
    case 'wrong setting': {
      const own = answer.kind === 'answer' ? MENDS[answer.status] : undefined
      return { kind: 'wrong setting', reason: outcome.reason, mend: own ?? outcome.mend }
    }
    case 'unavailable':
      return { kind: 'later', reason: outcome.reason, retryAfterMs: outcome.retryAfterMs }
    case 'accepted':
      return { kind: 'later', reason: 'the answer is no list of anomalies', retryAfterMs: null }
  }
}

function pageOf(body: string): PageOutcome | null {
  try {
    const { items, total } = JSON.parse(body) as { items?: unknown; total?: unknown }
    if (!Array.isArray(items)) return null
    return { kind: 'page', items, total: typeof total === 'number' ? total : null }
  } catch {
    return null
  }
}
