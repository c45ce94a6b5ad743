import type { Reported } from './reported.ts'

/** One request for a part of a list, ordered by event time; both ends included [ms since 1970-01-01 UTC]. */
export interface PageRequest {
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly skip: number
  readonly newestFirst: boolean
}

export interface Page {
  readonly items: readonly Reported[]
  /** Items that the API gave, those included that could not be read. */
  readonly length: number
  /** Items that fit at the time of the answer; null when the API does not say. */
  readonly total: number | null
}

export type FetchPage = (request: PageRequest) => Promise<Page>

export interface ScanSetup {
  readonly fromMs: number | null
  readonly toMs: number | null
  readonly newestFirst: boolean
  /** What lies near the end where the scan begins and is known already, with its time: an interrupted export's last. */
  readonly known?: ReadonlyMap<string, number>
  /** Is told how many there seem to be, once. */
  readonly onTotal?: (total: number | null) => void
}

/** Items that one stretch of time should hold. Ours. */
const WANTED = 400
/** Up to this total the whole range is one stretch. */
const FEW = 1_000
/** Passes over one instant from which items vanish meanwhile. */
const MOST_PASSES = 5

/**
 * Every anomaly of a time range once, in order of event time, a page at a time. Never skips deep: it goes on from the
 * time of the last item, one millisecond back, so that neither a limit that an API leaves out nor microseconds that it
 * rounds off lose anything, and passes over what it has seen. `skip` serves only where a page ends in the instant in
 * which it began. Long ranges are cut into stretches of a few hundred items, because an API counts what fits for each
 * answer. What is there when it starts, it gives; what is added behind it meanwhile, it does not.
 */
export async function* scan(fetchPage: FetchPage, setup: ScanSetup): AsyncGenerator<readonly Reported[]> {
  const { newestFirst } = setup
  const cursor = createCursor(setup)
  const first = await fetchPage({ ...cursor.rest(), skip: 0, newestFirst })
  setup.onTotal?.(first.total)
  const firstMs = first.items[0]?.timeMs
  if (firstMs === undefined || first.total === null || first.total <= FEW) {
    yield* scanStretch(fetchPage, cursor, cursor.endMs, first)
    return
  }
  const farthest = await fetchPage({ ...cursor.rest(), skip: 0, newestFirst: !newestFirst })
  const endMs = farthest.items[0]?.timeMs ?? firstMs
  let lengthMs = (Math.abs(endMs - firstMs) * WANTED) / first.total
  for (let atMs = firstMs; cursor.along(atMs) + lengthMs < cursor.along(endMs); ) {
    atMs = cursor.later(atMs, Math.ceil(lengthMs))
    const page = await fetchPage({ ...cursor.rest(atMs), skip: 0, newestFirst })
    yield* scanStretch(fetchPage, cursor, atMs, page)
    cursor.moveTo(cursor.later(atMs, -1))
    lengthMs *= Math.min(4, Math.max(1 / 8, WANTED / Math.max(1, page.total ?? page.length)))
  }
  yield* scanStretch(fetchPage, cursor, cursor.endMs, null)
}

type Cursor = ReturnType<typeof createCursor>

/** Where a scan stands, and what it has seen from there on. */
function createCursor({ fromMs, toMs, newestFirst, known }: ScanSetup) {
  const seen = new Map(known)
  const endMs = newestFirst ? fromMs : toMs
  let startMs = newestFirst ? toMs : fromMs
  const along = (ms: number) => (newestFirst ? -ms : ms)
  return {
    newestFirst,
    endMs,
    /** A time as a number that rises along the way of the scan. */
    along,
    later: (ms: number, byMs: number) => (newestFirst ? ms - byMs : ms + byMs),
    /** What is left, up to `untilMs`. */
    rest: (untilMs: number | null = endMs) =>
      newestFirst ? { fromMs: untilMs, toMs: startMs } : { fromMs: startMs, toMs: untilMs },
    unseen: (items: readonly Reported[]) => {
      const fresh = items.filter(({ id }) => !seen.has(id))
      for (const { id, timeMs } of fresh) seen.set(id, timeMs)
      return fresh
    },
    /** Moves on to a time, never back; tells whether that was any progress. */
    moveTo: (ms: number): boolean => {
      if (startMs !== null && along(ms) <= along(startMs)) return false
      startMs = ms
      for (const [id, timeMs] of seen) if (along(timeMs) < along(ms)) seen.delete(id)
      return true
    },
  }
}

async function* scanStretch(
  fetchPage: FetchPage,
  cursor: Cursor,
  untilMs: number | null,
  given: Page | null,
): AsyncGenerator<readonly Reported[]> {
  const { newestFirst } = cursor
  let [skip, passes, expected] = [0, 0, 0]
  for (let page = given; ; page = null) {
    page ??= await fetchPage({ ...cursor.rest(untilMs), skip, newestFirst })
    const fresh = cursor.unseen(page.items)
    if (fresh.length > 0) yield fresh
    const total = page.total ?? Number.POSITIVE_INFINITY
    const last = page.items.at(-1)
    const vanished = skip > 0 && total < expected && passes < MOST_PASSES
    if (vanished) {
      // What stood behind `skip` has moved before it.
      ;[skip, passes, expected] = [0, passes + 1, total]
    } else if (page.length === 0 || skip + page.length >= total) {
      return
    } else if (last !== undefined && cursor.moveTo(cursor.later(last.timeMs, -1))) {
      ;[skip, passes] = [0, 0]
    } else {
      if (skip === 0) expected = total
      skip += page.length
    }
  }
}
