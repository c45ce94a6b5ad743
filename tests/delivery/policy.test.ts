import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Outcome } from '../../src/delivery/classify.ts'
import { createPolicy, type PolicySettings } from '../../src/delivery/policy.ts'

const DOWN: Outcome = { kind: 'unavailable', reason: 'down', retryAfterMs: null, mayBeStored: false, countsAgainstServer: true }
const UP: Outcome = { kind: 'accepted', recordId: '1' }
const HOUR = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2025, 6, 15) })
})

afterEach(() => {
  vi.useRealTimers()
})

const settings = (changes: Partial<PolicySettings> = {}): PolicySettings => ({
  attempts: 3,
  baseDelayMs: 5000,
  random: () => 0.5,
  nowMs: () => Date.now(),
  remainingMs: () => 120_000,
  force: false,
  ...changes,
})

/** Runs one anomaly against a row of outcomes and tells when, in ms, each attempt came. */
async function attemptsAt(policy: ReturnType<typeof createPolicy>, outcomes: readonly Outcome[]) {
  const startMs = Date.now()
  const times: number[] = []
  const result = policy.run(async () => {
    times.push(Date.now() - startMs)
    // A copy: every answer is an object of its own.
    return { ...(outcomes[times.length - 1] ?? DOWN) }
  })
  await vi.runAllTimersAsync()
  return { times, outcome: await result }
}

test('three attempts, the delay doubling, the jitter up to a half below', async () => {
  expect((await attemptsAt(createPolicy(settings({ random: () => 1 }), null), [])).times).toEqual([0, 5000, 15_000])
  expect((await attemptsAt(createPolicy(settings({ random: () => 0 }), null), [])).times).toEqual([0, 2500, 7500])
})

test('an accepted anomaly is not sent again, a refused one neither', async () => {
  expect(await attemptsAt(createPolicy(settings(), null), [UP])).toEqual({ times: [0], outcome: UP })
  const refused: Outcome = { kind: 'rejected', status: 400, reason: 'bad', answer: '' }
  expect(await attemptsAt(createPolicy(settings(), null), [refused])).toEqual({ times: [0], outcome: refused })
})

test('Retry-After decides when it asks for more than the backoff', async () => {
  const asked = { ...DOWN, retryAfterMs: 60_000 }
  expect((await attemptsAt(createPolicy(settings(), null), [asked, UP])).times).toEqual([0, 60_000])
  const less = { ...DOWN, retryAfterMs: 10 }
  expect((await attemptsAt(createPolicy(settings(), null), [less, UP])).times).toEqual([0, 3750])
})

test('a wait that does not fit into the time budget is not begun', async () => {
  const policy = createPolicy(settings({ remainingMs: () => 3000 }), null)
  expect((await attemptsAt(policy, [DOWN])).times).toEqual([0])
})

test('a Retry-After of a century ends the run at once, and the next run is not kept out for more than an hour', async () => {
  const policy = createPolicy(settings(), null)
  expect((await attemptsAt(policy, [{ ...DOWN, retryAfterMs: 100 * 365 * 24 * HOUR }])).times).toEqual([0])
  expect(policy.blocked()).toEqual({ ms: HOUR, because: 'the API asked to be left alone' })
  const next = createPolicy(settings(), JSON.parse(JSON.stringify(policy.saved())))
  expect(next.blocked().ms).toBe(HOUR)
  vi.setSystemTime(Date.now() + HOUR)
  expect(next.blocked().ms).toBe(0)
})

test('the circuit opens two failures after one anomaly has used up its attempts', async () => {
  const policy = createPolicy(settings({ baseDelayMs: 0 }), null)
  expect((await attemptsAt(policy, [])).times).toHaveLength(3)
  expect(policy.blocked().ms).toBe(0)
  const second = await attemptsAt(policy, [])
  expect(second.times).toHaveLength(2)
  expect(policy.blocked()).toMatchObject({ ms: 60_000, because: 'the API failed several times in a row' })
})

test('an open circuit outlives the run, lets one attempt through after its pause, and then stays open for longer', async () => {
  let saved: unknown = null
  const pauses: number[] = []
  for (let run = 0; run < 8; run += 1) {
    const policy = createPolicy(settings({ baseDelayMs: 0 }), saved)
    expect(policy.blocked().ms).toBe(0)
    const { times } = await attemptsAt(policy, [])
    if (run === 0) await attemptsAt(policy, [])
    else expect(times).toHaveLength(1)
    pauses.push(policy.blocked().ms)
    saved = JSON.parse(JSON.stringify(policy.saved()))
    const early = createPolicy(settings(), saved)
    expect((await attemptsAt(early, [UP])).outcome).toBeNull()
    vi.setSystemTime(Date.now() + policy.blocked().ms)
  }
  expect(pauses).toEqual([60_000, 120_000, 300_000, 600_000, 600_000, 600_000, 600_000, 600_000])
  const policy = createPolicy(settings(), saved)
  expect((await attemptsAt(policy, [UP])).outcome).toEqual(UP)
  expect(JSON.parse(JSON.stringify(policy.saved()))).toEqual({
    breaker: { ownState: { value: 0 }, breakerState: 0 },
    not_before_ms: null,
  })
})

test("a person's request goes out at once, whatever the circuit says", async () => {
  const policy = createPolicy(settings({ baseDelayMs: 0 }), null)
  await attemptsAt(policy, [])
  await attemptsAt(policy, [])
  const forced = createPolicy(settings({ force: true }), policy.saved())
  expect(forced.blocked().ms).toBe(0)
  expect((await attemptsAt(forced, [UP])).outcome).toEqual(UP)
})

test.for([
  ['a year ahead', 365 * 24 * HOUR],
  ['in 2038', Date.UTC(2038, 0, 19)],
  ['an hour ahead', HOUR],
] as const)('a circuit that was opened while the clock stood %s does not stay open', async ([_, ahead]) => {
  const rightMs = Date.now()
  vi.setSystemTime(ahead > rightMs ? ahead : rightMs + ahead)
  const policy = createPolicy(settings({ baseDelayMs: 0 }), null)
  await attemptsAt(policy, [])
  await attemptsAt(policy, [{ ...DOWN, retryAfterMs: HOUR * 100 }])
  vi.setSystemTime(rightMs)
  const next = createPolicy(settings(), JSON.parse(JSON.stringify(policy.saved())))
  expect(next.blocked().ms).toBeLessThanOrEqual(HOUR)
  vi.setSystemTime(rightMs + HOUR)
  expect(next.blocked().ms).toBe(0)
})

test.for([
  null,
  'x',
  {},
  { breaker: null },
  { breaker: { ownState: { value: 3 } } },
  { breaker: { ownState: { value: 1, openedAt: 'x', attemptNo: 1 } } },
  { breaker: { ownState: { value: 1, openedAt: 0, attemptNo: 1e15 }, breakerState: -3 } },
  { breaker: { ownState: { value: 1, openedAt: Number.NaN, attemptNo: Number.NaN }, breakerState: 'x' } },
  { breaker: { ownState: { value: 0 }, breakerState: 1e300 }, not_before_ms: 1e300 },
])('the saved state %j hinders nothing', async (saved) => {
  const policy = createPolicy(settings(), saved)
  expect(policy.blocked().ms).toBe(0)
  expect((await attemptsAt(policy, [UP])).outcome).toEqual(UP)
})
