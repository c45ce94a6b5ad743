import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import { deliver } from '../../src/delivery/deliver.ts'
import { restoreRejected } from '../../src/delivery/rejected.ts'
import { loadState, saveState } from '../../src/state/state-file.ts'
import { aRecord } from './records.ts'
import { aSpool } from './spools.ts'
import { seeded, simulateApi, TURNS, type Turn } from './world.ts'

/** `HISTORIES=20000 vitest run tests/delivery/histories.test.ts` for the whole proof. */
const HISTORIES = Number(process.env['HISTORIES'] ?? 300)
const OWNER = { siteId: 12, pumpId: 1 }
const HOUR = 3_600_000
const START = Date.UTC(2025, 6, 15)
const STATUSES = ['Warning', 'Critical', 'Failure', 'Normal'] as const

interface State {
  /** Number of the last anomaly that was judged. */
  readonly watermark: number
  readonly delivery: unknown
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
})

afterEach(() => {
  vi.useRealTimers()
})

/** One run as the device makes it: judge, spool, state, deliver, state; `dies` may end it between two steps. */
async function run(
  folder: string,
  batch: readonly AnomalyRecord[],
  dies: () => boolean,
  connected: ReturnType<ReturnType<typeof simulateApi>['connect']>,
  force: boolean,
) {
  const { spool } = aSpool([], 50 * 1024 * 1024, folder)
  const state = loadState<State>(folder, OWNER).payload ?? { watermark: -1, delivery: null }
  const fresh = batch.filter((record) => numberOf(record) > state.watermark)
  for (const record of fresh) {
    if (dies()) return
    spool.add(record)
  }
  spool.settle()
  if (dies()) return
  const watermark = Math.max(state.watermark, ...fresh.map(numberOf))
  if (watermark !== state.watermark) saveState(folder, OWNER, { ...state, watermark })
  if (dies()) return
  const report = await Promise.race([
    connected.killed,
    deliver(spool, connected.api, {
      nowMs: () => Date.now(),
      elapsedMs: () => performance.now(),
      random: () => 0.5,
      timeoutMs: 1000,
      timeBudgetMs: 60_000,
      attempts: 3,
      baseDelayMs: 0,
      concurrency: 4,
      saved: state.delivery,
      force,
      signal: new AbortController().signal,
    }),
  ])
  if (report === 'killed' || dies()) return
  saveState(folder, OWNER, { watermark, delivery: report.saved })
  return report
}

function numberOf(record: AnomalyRecord): number {
  return Number(record.metadata.idempotencyKey.replace('anomaly-', ''))
}

async function history(seed: number): Promise<void> {
  const random = seeded(seed)
  const below = (limit: number) => Math.floor(random() * limit)
  const shared = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const folder = mkdtempSync(join(shared, 'pump-monitor-history-'))
  const ignoresKeys = random() < 0.5
  const world = simulateApi(ignoresKeys)
  const trouble = random()
  const turn = (): Turn => (random() < trouble ? (TURNS[below(TURNS.length)] ?? 'work') : 'work')
  const dies = () => random() < 0.03
  const judged: AnomalyRecord[] = []
  let batch: AnomalyRecord[] = []
  try {
    const runs = 2 + below(6)
    for (let index = 0; index < runs; index += 1) {
      // Cron may hand over the same file again, or one that has grown; a killed run is always started again on its own.
      if (random() < 0.7) {
        const more = Array.from({ length: below(6) }, (_, n) => aRecord(judged.length + n, STATUSES[below(4)] ?? 'Warning'))
        judged.push(...more)
        batch = random() < 0.5 ? [...batch, ...more] : more
      }
      const dead = (await run(folder, batch, dies, world.connect(turn), random() < 0.2)) === undefined
      if (dead)
        await run(
          folder,
          batch,
          () => false,
          world.connect(() => 'work'),
          false,
        )
      vi.setSystemTime(
        [START, 0, START + 365 * 24 * HOUR, Date.UTC(2038, 0, 19), Math.max(0, Date.now() - HOUR), Date.now() + HOUR][below(6)] ??
          START,
      )
    }
    restoreRejected({ rejected: join(folder, 'rejected_anomalies'), unsent: join(folder, 'unsent_anomalies') })
    const last = await run(
      folder,
      batch,
      () => false,
      world.connect(() => 'work'),
      true,
    )
    expect({ seed, waiting: last?.waiting }).toEqual({ seed, waiting: 0 })
    expect({ seed, stored: [...world.stored].sort() }).toEqual({
      seed,
      stored: judged.map((record) => record.metadata.idempotencyKey).sort(),
    })
    for (const [key, bodies] of world.bodies) expect({ seed, key, bodies: bodies.size }).toEqual({ seed, key, bodies: 1 })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

test(
  'whatever the API, the clock and kills do, the API ends with exactly the judged anomalies, each once and in the same bytes',
  async () => {
    for (let seed = 1; seed <= HISTORIES; seed += 1) await history(seed)
    expect.hasAssertions()
  },
  HISTORIES * 200 + 60_000,
)
