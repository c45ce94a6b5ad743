import type { Outcome } from './classify.ts'
import type { Spool } from './spool.ts'
import type { SpoolEntry } from './spool-file.ts'

/** Three refusals in a row speak of the API or of something in between, not of the anomalies: ours. */
export const MOST_REFUSALS = 3

/** What became of the anomalies of one run. */
export interface Settlement {
  /** Acts on one outcome. */
  readonly settle: (entry: SpoolEntry, outcome: Outcome | null) => void
  /** Whether the anomaly settled last was not accepted. */
  readonly lastFailed: () => boolean
  /** Refusals since the last acceptance; those anomalies still lie in the spool. */
  readonly refusals: () => number
  /** Sets those aside: called when nothing speaks against the API. */
  readonly rejectRefused: () => void
  /** The reason and the mend when a setting is wrong, else null. */
  readonly wrongSetting: () => string | null
  readonly lastReason: () => string | null
  readonly accepted: readonly string[]
  readonly rejected: readonly string[]
}

export function createSettlement(spool: Spool): Settlement {
  const accepted: string[] = []
  const rejected: string[] = []
  let refused: { readonly entry: SpoolEntry; readonly outcome: Extract<Outcome, { kind: 'rejected' }> }[] = []
  let failed = false
  let wrongSetting: string | null = null
  let lastReason: string | null = null

  const rejectRefused = () => {
    for (const { entry, outcome } of refused) {
      spool.reject(entry, `${outcome.reason}\n\n${outcome.answer}`)
      rejected.push(entry.id)
    }
    refused = []
  }
  const settle = (entry: SpoolEntry, outcome: Outcome | null) => {
    failed = outcome?.kind !== 'accepted'
    if (outcome === null) return
    switch (outcome.kind) {
      case 'accepted':
        spool.remove(entry)
        accepted.push(entry.id)
        rejectRefused()
        return
      case 'rejected':
        refused.push({ entry, outcome })
        lastReason = outcome.reason
        return
      case 'wrong setting':
        wrongSetting = `${outcome.reason}; ${outcome.mend}`
        return
      case 'unavailable':
        lastReason = outcome.reason
        return
    }
  }
  return {
    settle,
    lastFailed: () => failed,
    refusals: () => refused.length,
    rejectRefused,
    wrongSetting: () => wrongSetting,
    lastReason: () => lastReason,
    accepted,
    rejected,
  }
}
