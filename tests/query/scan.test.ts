import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Reported, readReported } from '../../src/query/reported.ts'
import { type FetchPage, type PageRequest, scan } from '../../src/query/scan.ts'
import { anomaly } from '../api/anomalies.ts'

const T0 = Date.UTC(2026, 0, 1)

function reported(id: number, offsetMs: number): Reported {
  const read = readReported({ ...anomaly({ timestamp: new Date(T0 + offsetMs).toISOString() }), id })
  if (read === null) throw new Error('not readable')
  return read
}

interface Manner {
  /** Items of a page. */
  readonly cap: number
  readonly saysTotal: boolean
  /** Leaves out what lies on the limits themselves. */
  readonly exclusive: boolean
}

/** An API in memory; `between` is called after each answer. */
function api(items: Reported[], manner: Manner, between: (requests: number) => void = () => undefined) {
  const requests: PageRequest[] = []
  const fetchPage: FetchPage = async (request) => {
    requests.push(request)
    const { fromMs, toMs, skip, newestFirst } = request
    const least = (fromMs ?? Number.NEGATIVE_INFINITY) + (manner.exclusive ? 0.5 : 0)
    const most = (toMs ?? Number.POSITIVE_INFINITY) - (manner.exclusive ? 0.5 : 0)
    const fitting = items
      .filter(({ timeMs }) => timeMs >= least && timeMs <= most)
      .sort((a, b) => (a.timeMs - b.timeMs || Number(a.id) - Number(b.id)) * (newestFirst ? -1 : 1))
    const page = fitting.slice(skip, skip + manner.cap)
    between(requests.length)
    return { items: page, length: page.length, total: manner.saysTotal ? fitting.length : null }
  }
  return { fetchPage, requests }
}

async function idsOf(pages: AsyncIterable<readonly Reported[]>): Promise<string[]> {
  const ids: string[] = []
  for await (const page of pages) ids.push(...page.map(({ id }) => id))
  return ids
}

const manners = fc.record({ cap: fc.integer({ min: 3, max: 100 }), saysTotal: fc.boolean(), exclusive: fc.boolean() })
/** Few instants, so that many items share one. */
const offsets = fc.array(fc.oneof(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 10_000_000 })), { maxLength: 60 })

describe('a scan', () => {
  test('gives every item once, in order, whatever the pages and however many share an instant', async () => {
    await fc.assert(
      fc.asyncProperty(offsets, manners, fc.boolean(), async (times, manner, newestFirst) => {
        const items = times.map((time, i) => reported(i + 1, time))
        const { fetchPage } = api(items, manner)
        const ids = await idsOf(scan(fetchPage, { fromMs: null, toMs: null, newestFirst }))
        const inOrder = items
          .toSorted((a, b) => (a.timeMs - b.timeMs || Number(a.id) - Number(b.id)) * (newestFirst ? -1 : 1))
          .map(({ id }) => id)
        expect(ids).toEqual(inOrder)
      }),
      { numRuns: 150 },
    )
  })

  test('keeps to both ends, which belong to it', async () => {
    const { fetchPage } = api(
      [1, 2, 3, 4, 5].map((n) => reported(n, n * 1000)),
      { cap: 3, saysTotal: true, exclusive: false },
    )
    expect(await idsOf(scan(fetchPage, { fromMs: T0 + 2000, toMs: T0 + 4000, newestFirst: false }))).toEqual(['2', '3', '4'])
  })

  test('of thousands is cut into stretches, with no deep skip and no count of all for each page', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.boolean(), async (seed, newestFirst) => {
        // Bursts with long pauses between them.
        const items = Array.from({ length: 3000 }, (_, i) =>
          reported(i + 1, Math.floor(i / 300) * 86_400_000 + ((i * 7919 + seed) & 0xffff)),
        )
        const { fetchPage, requests } = api(items, { cap: 100, saysTotal: true, exclusive: false })
        const ids = await idsOf(scan(fetchPage, { fromMs: null, toMs: null, newestFirst }))
        expect(new Set(ids).size).toBe(3000)
        expect(ids).toHaveLength(3000)
        expect(Math.max(...requests.map(({ skip }) => skip))).toBe(0)
        expect(requests.length).toBeLessThan(120)
      }),
      { numRuns: 10 },
    )
  })

  test('while others add and remove, gives all that stay from start to end exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(
        offsets,
        manners,
        fc.array(fc.nat(10_000_000), { maxLength: 40 }),
        fc.boolean(),
        async (times, manner, added, newestFirst) => {
          const items = times.map((time, i) => reported(i + 1, time))
          const removed = new Set<string>()
          const { fetchPage } = api(items, manner, (requests) => {
            const time = added[requests]
            if (time === undefined) return
            items.push(reported(1000 + requests, time))
            // Also the first of an instant that is being read by skip.
            if (manner.saysTotal && requests % 3 === 0) for (const gone of items.splice(0, 1)) removed.add(gone.id)
          })
          const there = items.map(({ id }) => id)
          const ids = await idsOf(scan(fetchPage, { fromMs: null, toMs: null, newestFirst }))
          expect(new Set(ids).size).toBe(ids.length)
          expect(there.filter((id) => !removed.has(id) && !ids.includes(id))).toEqual([])
        },
      ),
      { numRuns: 150 },
    )
  })

  test('goes on behind what is known already', async () => {
    const items = Array.from({ length: 40 }, (_, i) => reported(i + 1, Math.floor(i / 8) * 1000))
    const { fetchPage } = api(items, { cap: 5, saysTotal: true, exclusive: false })
    const known = new Map(items.slice(8, 12).map(({ id, timeMs }) => [id, timeMs]))
    const ids = await idsOf(scan(fetchPage, { fromMs: T0 + 999, toMs: null, newestFirst: false, known }))
    expect(ids).toEqual(items.slice(12).map(({ id }) => id))
  })
})
