import type { ColumnDefinitionBuilder, Generated, Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'

export interface Tables {
  anomalies: {
    /** PostgreSQL gives 64-bit integers as strings. */
    id: Generated<number | string>
    site_id: number
    pump_id: number
    sensor_id: number
    /** Event time [ms since 1970-01-01 UTC]. */
    event_ms: number
    idempotency_key: string
    /** The anomaly as JSON, its keys in the order of the schema: equal anomalies are equal texts. */
    record: string
    created_at: string
  }
}

export type Database = Kysely<Tables>

/** How a database gives ids that rise. */
export type IdColumn = (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder

/** Brings the tables up to date; what is already there stays. */
export async function migrate(db: Database, idType: 'integer' | 'bigint', idColumn: IdColumn): Promise<void> {
  const migrations = {
    '001-anomalies': { up: (within: Kysely<unknown>) => createAnomalies(within, idType, idColumn) },
  }
  const { error } = await new Migrator({ db, provider: { getMigrations: async () => migrations } }).migrateToLatest()
  if (error !== undefined) throw error
}

async function createAnomalies(db: Kysely<unknown>, idType: 'integer' | 'bigint', idColumn: IdColumn): Promise<void> {
  await db.schema
    .createTable('anomalies')
    .addColumn('id', idType, idColumn)
    .addColumn('site_id', 'integer', (column) => column.notNull())
    .addColumn('pump_id', 'integer', (column) => column.notNull())
    .addColumn('sensor_id', 'integer', (column) => column.notNull())
    .addColumn('event_ms', 'bigint', (column) => column.notNull())
    .addColumn('idempotency_key', 'text', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addUniqueConstraint('anomalies_once', ['site_id', 'idempotency_key'])
    .execute()
  await db.schema.createIndex('anomalies_by_time').on('anomalies').columns(['event_ms', 'id']).execute()
  await db.schema.createIndex('anomalies_by_pump').on('anomalies').columns(['site_id', 'pump_id', 'event_ms', 'id']).execute()
}
