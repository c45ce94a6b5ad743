import type { AnomalyRecord } from '../anomaly/record.ts'
import type { Answer } from './answer.ts'
import { classify, type Outcome } from './classify.ts'
import type { ExchangeLimits } from './client.ts'
import { lookupQuery, outcomeOfLookup } from './lookup.ts'
import type { Policy } from './policy.ts'

/** What delivery needs of a client. */
export interface AnomalyApi {
  readonly post: (body: string, key: string, limits: ExchangeLimits) => Promise<Answer>
  readonly list: (query: Readonly<Record<string, string>>, limits: ExchangeLimits) => Promise<Answer>
}

export interface Sending {
  /** Null when the open circuit let no attempt through. */
  readonly outcome: Outcome | null
  /** A request of this run may have been stored although no answer said so. */
  readonly mayBeStored: boolean
}

export interface SendingSetup {
  readonly api: AnomalyApi
  readonly policy: Policy
  readonly limits: () => ExchangeLimits
  readonly nowMs: () => number
}

/**
 * Sends one anomaly until the policy is content. When an earlier request, of this run or of one before, may have been
 * stored without our learning of it, the API is asked for the anomaly first: even one that ignores the idempotency key
 * then holds it once.
 */
export async function sendAnomaly(
  anomaly: { readonly record: AnomalyRecord; readonly body: string },
  sentBefore: boolean,
  { api, policy, limits, nowMs }: SendingSetup,
): Promise<Sending> {
  let mayBeStored = false
  const outcome = await policy.run(async () => {
    if (sentBefore || mayBeStored) {
      const found = outcomeOfLookup(await api.list(lookupQuery(anomaly.record), limits()), anomaly.record, nowMs())
      if (found !== null) return found
    }
    const answer = classify(await api.post(anomaly.body, anomaly.record.metadata.idempotencyKey, limits()), nowMs())
    if (answer.kind === 'unavailable' && answer.mayBeStored) mayBeStored = true
    return answer
  })
  return { outcome, mayBeStored }
}
