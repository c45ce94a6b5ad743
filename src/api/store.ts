import type { Anomaly } from './schemas.ts'
import type { Database } from './tables.ts'

/** A stored anomaly as the API gives it back, already JSON: it is kept as a text and never taken apart. */
export type StoredJson = string

export type Added =
  | { readonly kind: 'stored' | 'known'; readonly anomaly: StoredJson }
  /** The key belongs to an anomaly that says something else. */
  | { readonly kind: 'conflict' }
  /** So many wait for the disk already that this one has to come back later. */
  | { readonly kind: 'full' }
  /** The database failed; the same key may be tried again. */
  | { readonly kind: 'failed' }

export interface Filter {
  /** Sites that the reader may see. */
  readonly sites: readonly number[] | 'all'
  readonly siteId: number | undefined
  readonly pumpId: number | undefined
  readonly sensorId: number | undefined
  /** Event time, both ends included [ms since 1970-01-01 UTC]. */
  readonly fromMs: number | undefined
  readonly toMs: number | undefined
  readonly skip: number
  readonly take: number
  readonly sortDirection: 'asc' | 'desc'
}

export interface Store {
  /** Resolves when the anomaly is on the disk; the same key of the same site is stored once. */
  add(key: string, anomaly: Anomaly): Promise<Added>
  list(filter: Filter): Promise<{ items: StoredJson[]; total: number }>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
  /** Anomalies that wait for a commit. */
  waiting(): number
  close(): Promise<void>
}

/** Is told what the store does. */
export interface StoreWatch {
  committed(rows: number, tookMs: number): void
  failed(error: unknown): void
  added(outcome: Added['kind']): void
}

interface Waiting {
  readonly key: string
  readonly anomaly: Anomaly
  readonly record: string
  readonly resolve: (added: Added) => void
}

/** Rows of one statement; 7 values each, and SQLite takes 32,766 in all. */
const LARGEST_COMMIT = 250

/** Some 3 KB each. */
const MOST_WAITING = 5_000

/**
 * Anomalies in a database. What arrives while a commit is under way goes together into the next one, a single
 * statement and so a single transaction: under load many anomalies share one sync of the disk.
 */
export function createStore(db: Database, now: () => number, watch: StoreWatch): Store {
  const waiting: Waiting[] = []
  let writing: Promise<void> | null = null

  const write = async () => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, LARGEST_COMMIT)
      const startMs = performance.now()
      try {
        await commit(db, batch, new Date(now()).toISOString())
      } catch (error) {
        watch.failed(error)
        for (const one of batch) one.resolve({ kind: 'failed' })
      }
      watch.committed(batch.length, performance.now() - startMs)
    }
    writing = null
  }
  const add = (key: string, anomaly: Anomaly) =>
    new Promise<Added>((resolve) => {
      waiting.push({ key, anomaly, record: JSON.stringify(anomaly), resolve })
      // After the requests that have already arrived were read.
      writing ??= new Promise<void>((started) => setImmediate(started)).then(write)
    })

  return {
    add: async (key, anomaly) => {
      const added = waiting.length < MOST_WAITING ? await add(key, anomaly) : { kind: 'full' as const }
      watch.added(added.kind)
      return added
    },
    list: (filter) => list(db, filter),
    ping: async () => {
      await db.selectFrom('anomalies').select('id').limit(1).execute()
    },
    waiting: () => waiting.length,
    close: async () => {
      await writing
      await db.destroy()
    },
  }
}

async function commit(db: Database, batch: Waiting[], createdAt: string): Promise<void> {
  // In one order, or two programs that store the same keys at once could wait for each other.
  batch.sort((a, b) => a.anomaly.siteId - b.anomaly.siteId || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const inserted = await db
    .insertInto('anomalies')
    .values(
      batch.map(({ key, anomaly, record }) => ({
        site_id: anomaly.siteId,
        pump_id: anomaly.pumpId,
        sensor_id: anomaly.sensorId,
        event_ms: Date.parse(anomaly.timestamp),
        idempotency_key: key,
        record,
        created_at: createdAt,
      })),
    )
    .onConflict((conflict) => conflict.columns(['site_id', 'idempotency_key']).doNothing())
    .returning(['id', 'site_id', 'idempotency_key'])
    .execute()
  const newIds = new Map(inserted.map((row) => [`${row.site_id} ${row.idempotency_key}`, Number(row.id)]))

  const known: Waiting[] = []
  for (const one of batch) {
    const place = `${one.anomaly.siteId} ${one.key}`
    const id = newIds.get(place)
    if (id === undefined) {
      known.push(one)
    } else {
      // The second of two equal keys in one batch is a known one.
      newIds.delete(place)
      one.resolve({ kind: 'stored', anomaly: storedJson(id, createdAt, one.record) })
    }
  }
  for (const one of known) one.resolve(await stored(db, one))
}

async function stored(db: Database, { key, anomaly, record }: Waiting): Promise<Added> {
  const row = await db
    .selectFrom('anomalies')
    .select(['id', 'record', 'created_at'])
    .where('site_id', '=', anomaly.siteId)
    .where('idempotency_key', '=', key)
    .executeTakeFirstOrThrow()
  if (row.record !== record) return { kind: 'conflict' }
  return { kind: 'known', anomaly: storedJson(row.id, row.created_at, record) }
}

async function list(db: Database, filter: Filter): Promise<{ items: StoredJson[]; total: number }> {
  let matching = db.selectFrom('anomalies')
  if (filter.sites !== 'all') matching = matching.where('site_id', 'in', filter.sites)
  if (filter.siteId !== undefined) matching = matching.where('site_id', '=', filter.siteId)
  if (filter.pumpId !== undefined) matching = matching.where('pump_id', '=', filter.pumpId)
  if (filter.sensorId !== undefined) matching = matching.where('sensor_id', '=', filter.sensorId)
  if (filter.fromMs !== undefined) matching = matching.where('event_ms', '>=', filter.fromMs)
  if (filter.toMs !== undefined) matching = matching.where('event_ms', '<=', filter.toMs)

  const { total } = await matching.select((of) => of.fn.countAll().as('total')).executeTakeFirstOrThrow()
  const rows = await matching
    .select(['id', 'record', 'created_at'])
    .orderBy('event_ms', filter.sortDirection)
    .orderBy('id', filter.sortDirection)
    .limit(filter.take)
    .offset(filter.skip)
    .execute()
  const items = rows.map((row) => storedJson(row.id, row.created_at, row.record))
  return { items, total: Number(total) }
}

/** `record` is the JSON of an object that is not empty. */
function storedJson(id: number | string, createdAt: string, record: string): StoredJson {
  return `{"id":${id},"createdAt":"${createdAt}",${record.slice(1)}`
}
