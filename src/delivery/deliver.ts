import { createPolicy, type Policy, type SavedPolicy } from './policy.ts'
import { createQueue } from './queue.ts'
import { type AnomalyApi, type SendingSetup, sendAnomaly } from './sending.ts'
import { createSettlement, MOST_REFUSALS, type Settlement } from './settlement.ts'
import type { Spool } from './spool.ts'
import type { SpoolEntry } from './spool-file.ts'

export interface DeliverySetup {
  /** Wall clock, ms since 1970. */
  readonly nowMs: () => number
  /** A clock that never jumps, ms: the budget is measured by it. */
  readonly elapsedMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  /** Limit of one exchange with the API. */
  readonly timeoutMs: number
  /** Limit of the whole delivery. */
  readonly timeBudgetMs: number
  /** Per anomaly, the first one included. */
  readonly attempts: number
  readonly baseDelayMs: number
  /** Anomalies on their way at a time, once the API has accepted one. */
  readonly concurrency: number
  /** What the last report said to save, or null. */
  readonly saved: unknown
  /** A person asked: try at once, whatever earlier runs found. */
  readonly force: boolean
  /** Aborted when the run must end: nothing new leaves, what is under way is cut off. */
  readonly signal: AbortSignal
}

export interface DeliveryReport {
  /** Ids that the API has acknowledged. */
  readonly acknowledged: readonly string[]
  /** Ids that the API refused; they lie in the folder of the rejected, its answer beside them. */
  readonly rejected: readonly string[]
  readonly waiting: number
  /** Why anomalies still wait, in one line; null when none does. */
  readonly stopped: string | null
  /** Whether waiting alone mends nothing: a setting is wrong, or the API refuses anomalies. */
  readonly needsPerson: boolean
  /** For the next run. */
  readonly saved: SavedPolicy
}

/** So many in a row of which the disk takes no note: there is no use in trying thousands, and in a log line for each. */
const MOST_UNNOTED = 3
const REFUSED_BY_DISK = 'the disk refused their files, as the log says'

/** Sends what waits, the most urgent first, as far as the time budget and the API allow; the rest stays for the next run. */
export async function deliver(spool: Spool, api: AnomalyApi, setup: DeliverySetup): Promise<DeliveryReport> {
  const startMs = setup.elapsedMs()
  const remainingMs = () => setup.timeBudgetMs - (setup.elapsedMs() - startMs)
  const policy = createPolicy({ ...setup, remainingMs }, setup.saved)
  // Whole milliseconds, since Node's timers leave out the rest and would end so much too early.
  const limits = () => ({ limitMs: Math.max(1, Math.min(setup.timeoutMs, Math.ceil(remainingMs()))), signal: setup.signal })
  const queue = createQueue(spool.waiting())
  const settlement = createSettlement(spool)
  let stopped: string | null = null
  let unnoted = 0
  while (queue.length() > 0) {
    stopped = unnoted < MOST_UNNOTED ? reasonToStop(settlement, policy, remainingMs(), setup) : REFUSED_BY_DISK
    if (stopped !== null) break
    const concurrency = settlement.accepted.length > 0 ? setup.concurrency : 1
    const chosen = settlement.lastFailed() ? queue.leastTried() : queue.mostUrgent(concurrency)
    const noted = await sendAll(spool, chosen, settlement, { api, policy, limits, nowMs: setup.nowMs })
    unnoted = noted ? 0 : unnoted + 1
  }
  const wrong = settlement.wrongSetting() ?? refusal(settlement)
  stopped ??= wrong
  if (stopped === null) settlement.rejectRefused()
  spool.sync()
  const waiting = spool.waiting().length
  return {
    acknowledged: settlement.accepted,
    rejected: settlement.rejected,
    waiting,
    stopped: waiting === 0 ? null : (stopped ?? settlement.lastReason() ?? REFUSED_BY_DISK),
    needsPerson: wrong !== null || settlement.rejected.length > 0,
    saved: policy.saved(),
  }
}

/** Returns false when the disk took no note of any attempt, so that none was made. */
async function sendAll(
  spool: Spool,
  entries: readonly SpoolEntry[],
  settlement: Settlement,
  setup: SendingSetup,
): Promise<boolean> {
  const readable = entries.flatMap((entry) => {
    const anomaly = spool.read(entry)
    return anomaly === null ? [] : [{ entry, anomaly }]
  })
  if (readable.length === 0) return true
  const marks = spool.markTried(readable.map(({ entry }) => entry))
  const leaving = readable.flatMap(({ entry, anomaly }, index) => {
    const marked = marks[index] ?? null
    return marked === null ? [] : [{ marked, anomaly, sentBefore: entry.tries > 0 }]
  })
  const sendings = await Promise.all(leaving.map(({ anomaly, sentBefore }) => sendAnomaly(anomaly, sentBefore, setup)))
  for (const [index, { marked }] of leaving.entries()) {
    const sending = sendings[index]
    if (sending === undefined) continue
    const { outcome, mayBeStored } = sending
    if (!mayBeStored && (outcome === null || outcome.kind === 'unavailable' || outcome.kind === 'wrong setting'))
      spool.unmarkTried(marked)
    settlement.settle(marked, outcome)
  }
  return leaving.length > 0
}

function reasonToStop(settlement: Settlement, policy: Policy, remainingMs: number, setup: DeliverySetup): string | null {
  const wrong = settlement.wrongSetting() ?? refusal(settlement)
  if (wrong !== null) return wrong
  if (setup.signal.aborted) return 'the run was asked to stop'
  // A timer may end up to a millisecond early.
  if (remainingMs < 1) return `the time budget of ${setup.timeBudgetMs / 1000} s is used up`
  const { ms, because } = policy.blocked()
  if (ms <= 0) return null
  const last = settlement.lastReason()
  return `${because}${last === null ? '' : ` (${last})`}; the next attempt may follow in ${Math.ceil(ms / 1000)} s`
}

function refusal(settlement: Settlement): string | null {
  if (settlement.refusals() < MOST_REFUSALS) return null
  return `the API refused ${settlement.refusals()} anomalies in a row, so none was set aside (${settlement.lastReason()}); check api.base_url and site_info`
}
