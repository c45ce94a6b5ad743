import { type Generated, Kysely } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { openSqlite, sqliteDialect } from './sqlite.ts'

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

/** Opens the database, a SQLite file, and brings its tables up to date. */
export async function openDatabase(database: string): Promise<Database> {
  try {
    const file = openSqlite(database)
    const db = new Kysely<Tables>({ dialect: sqliteDialect(file) })
    // One transaction around all, so that of two programs which start at once the second waits and finds the work done.
    file.exec('begin immediate')
    await migrate(db, sqliteMigrations)
    file.exec('commit')
    return db
  } catch (error) {
    throw new ConfigurationFailure({
      where: database,
      what: `cannot be opened as the database of anomalies (${reasonOf(error)})`,
      mend: 'name a SQLite file in a folder that this user may write',
      cause: error,
    })
  }
}

async function migrate(db: Database, migrations: Record<string, Migration>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

const sqliteMigrations: Record<string, Migration> = {
  '001-anomalies': {
    up: async (db) => {
      await db.schema
        .createTable('anomalies')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
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
    },
  },
}
