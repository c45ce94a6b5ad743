import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { byPriority } from '../../src/delivery/spool-file.ts'
import { quickFolder } from '../state/folder.ts'
import { aRecord } from './records.ts'
import { aSpool, send } from './spools.ts'
import { simulateApi, type Turn } from './world.ts'

const RUNS = 1000
const STATUSES = ['Warning', 'Critical', 'Warning', 'Failure'] as const
const MINUTE = 60_000

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2025, 6, 15) })
})

afterEach(() => {
  vi.useRealTimers()
})

test.for([
  ['refuses connections', 'refuse connection', 1],
  ['answers 503', 'busy', 60],
] as const)(
  'an API that %s for a thousand runs costs each run one request at most; then everything arrives by priority',
  async ([_, trouble, minutes]) => {
    const { open } = aSpool([], 50 * 1024 * 1024, quickFolder())
    const world = simulateApi(true)
    let turn: Turn = trouble
    let requests = 0
    const { api } = world.connect(() => {
      requests += 1
      return turn
    })
    const client = { ...api, close: () => undefined }
    let saved: unknown = null
    const costs: number[] = []
    for (let run = 0; run < RUNS; run += 1) {
      const spool = open()
      spool.add(aRecord(run, STATUSES[run % 4]))
      requests = 0
      const report = await send(spool, client, { saved, baseDelayMs: 0 })
      expect(report).toMatchObject({ acknowledged: [], rejected: [], waiting: run + 1 })
      saved = JSON.parse(JSON.stringify(report.saved))
      costs.push(requests)
      vi.setSystemTime(Date.now() + minutes * MINUTE)
    }
    // The first runs have less waiting than it takes to open the circuit.
    expect(costs.slice(0, 2).reduce((sum, cost) => sum + cost, 0)).toBeLessThanOrEqual(6)
    expect(Math.max(...costs.slice(2))).toBe(1)
    turn = 'work'
    vi.setSystemTime(Date.now() + 10 * MINUTE)
    const spool = open()
    const inOrder = [...spool.waiting()].sort(byPriority).map(({ id }) => id)
    const report = await send(spool, client, { saved, concurrency: 1 })
    expect(report).toMatchObject({ waiting: 0, rejected: [], stopped: null })
    expect(world.stored).toEqual(inOrder)
  },
)
