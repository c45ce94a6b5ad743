import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleWhenResult,
  type IRetryBackoffContext,
  IterableBackoff,
  isBrokenCircuitError,
  retry,
  wrap,
} from 'cockatiel'
import type { Outcome } from './classify.ts'

/** What the next run must know: it is JSON, under the run's own key in the state. */
export interface SavedPolicy {
  readonly breaker: unknown
  /** The API asked not to be called before, ms since 1970; null when it did not. */
  readonly not_before_ms: number | null
}

export interface PolicySettings {
  /** Attempts per anomaly, the first one included. */
  readonly attempts: number
  readonly baseDelayMs: number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly nowMs: () => number
  /** What is left of the run's time budget. */
  readonly remainingMs: () => number
  /** A person asked: try at once, whatever earlier runs found. */
  readonly force: boolean
}

export interface Policy {
  /** Attempts until an outcome is final, the budget does not allow the next wait, or the circuit is open (null). */
  readonly run: (attempt: () => Promise<Outcome>) => Promise<Outcome | null>
  /** How long nothing should be sent, 0 when it may be, and why. */
  readonly blocked: () => { readonly ms: number; readonly because: string }
  readonly saved: () => SavedPolicy
}

/** How long the circuit stays open before one request may try, from the first time on: ours. */
const PAUSES_MS = [60_000, 120_000, 300_000, 600_000]
/** A server may ask for a rest, not for silence. */
const LONGEST_WAIT_MS = 3_600_000
const SANE_ATTEMPT = 1000

/**
 * cockatiel's retry around its circuit breaker: every attempt counts, so that an outage ends the retries of the anomaly
 * that meets it. The breaker opens two failures after one anomaly has used up its attempts: a single poisonous one then
 * does not stop the others. The breaker reads the system's clock itself.
 */
export function createPolicy(settings: PolicySettings, saved: unknown): Policy {
  const { attempts, nowMs, remainingMs } = settings
  const earlier = settings.force ? null : readSaved(saved, nowMs())
  let notBeforeMs = earlier?.not_before_ms ?? null
  const breaker = circuitBreaker(
    handleWhenResult((outcome) => isServerFailure(outcome as Outcome)),
    {
      halfOpenAfter: new IterableBackoff(PAUSES_MS),
      breaker: new ConsecutiveBreaker(attempts + 2),
      ...(earlier === null ? {} : { initialState: earlier.breaker }),
    },
  )
  const delays = new WeakMap<object, number>()
  const retries = retry(
    handleWhenResult((outcome) => (delays.get(outcome as Outcome) ?? Number.POSITIVE_INFINITY) <= remainingMs()),
    {
      maxAttempts: attempts - 1,
      backoff: new DelegateBackoff((context: IRetryBackoffContext<unknown>) => delays.get(objectIn(context)) ?? 0),
    },
  )
  const both = wrap(retries, breaker)
  return {
    run: async (attempt) => {
      let number = 0
      try {
        return await both.execute(async () => {
          const outcome = await attempt()
          number += 1
          if (outcome.kind === 'accepted') notBeforeMs = null
          if (outcome.kind === 'unavailable') {
            delays.set(outcome, Math.max(backoffMs(settings, number), outcome.retryAfterMs ?? 0))
            if (outcome.retryAfterMs !== null) notBeforeMs = nowMs() + Math.min(outcome.retryAfterMs, LONGEST_WAIT_MS)
          }
          return outcome
        })
      } catch (error) {
        if (isBrokenCircuitError(error)) return null
        throw error
      }
    },
    blocked: () => {
      const asked = notBeforeMs === null ? 0 : notBeforeMs - nowMs()
      const open = openForMs(breaker.toJSON(), nowMs())
      return asked >= open
        ? { ms: Math.max(0, asked), because: 'the API asked to be left alone' }
        : { ms: Math.max(0, open), because: 'the API failed several times in a row' }
    },
    saved: () => ({ breaker: breaker.toJSON(), not_before_ms: notBeforeMs }),
  }
}

function isServerFailure(outcome: Outcome): boolean {
  return outcome.kind === 'unavailable' && outcome.countsAgainstServer
}

/** Doubles from attempt to attempt; the jitter of up to a half keeps a fleet from returning all at once. */
function backoffMs({ baseDelayMs, random }: PolicySettings, attempt: number): number {
  return baseDelayMs * 2 ** (attempt - 1) * (0.5 + 0.5 * random())
}

function objectIn(context: IRetryBackoffContext<unknown>): object {
  return 'value' in context.result && typeof context.result.value === 'object' ? (context.result.value ?? {}) : {}
}

function openForMs(breaker: unknown, nowMs: number): number {
  const own = ownState(breaker)
  if (own?.value !== CircuitState.Open) return 0
  const pause = PAUSES_MS[Math.min(own.attemptNo, PAUSES_MS.length) - 1] ?? 0
  return own.openedAt + pause - nowMs
}

interface OwnState {
  readonly value: CircuitState
  readonly openedAt: number
  readonly attemptNo: number
}

function ownState(breaker: unknown): OwnState | null {
  const own = fieldsOf(fieldsOf(breaker)['ownState'])
  const { value, openedAt, attemptNo } = own
  if (value === CircuitState.Closed) return { value, openedAt: 0, attemptNo: 0 }
  if (value !== CircuitState.Open || typeof openedAt !== 'number' || typeof attemptNo !== 'number') return null
  return { value, openedAt, attemptNo }
}

/** Takes what an earlier run saved; anything else, and anything from a future that a wrong clock made up, counts little. */
function readSaved(saved: unknown, nowMs: number): { breaker: unknown; not_before_ms: number | null } | null {
  const { breaker, not_before_ms: notBefore } = fieldsOf(saved)
  const own = ownState(breaker)
  if (own === null) return null
  const failures = fieldsOf(breaker)['breakerState']
  const attemptNo = Math.min(Math.max(1, Math.trunc(own.attemptNo) || 1), SANE_ATTEMPT)
  // cockatiel would keep a circuit open for years that was opened under a clock ahead of ours.
  const openedAt = own.openedAt <= nowMs ? own.openedAt : 0
  return {
    breaker: {
      ownState: own.value === CircuitState.Closed ? { value: own.value } : { value: own.value, openedAt, attemptNo },
      breakerState: typeof failures === 'number' && Number.isSafeInteger(failures) && failures >= 0 ? failures : 0,
    },
    not_before_ms: typeof notBefore === 'number' && notBefore - nowMs <= LONGEST_WAIT_MS ? notBefore : null,
  }
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
