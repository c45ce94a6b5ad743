import { CompiledQuery, Kysely, PostgresDialect } from 'kysely'
import { Pool } from 'pg'
import { reasonOf } from '../failure.ts'
import { type Database, migrate, type Tables } from './tables.ts'

/** A database that does not answer within this is down: the request fails, and its sender tries again [ms]. */
const PATIENCE_MS = 10_000

/** A cluster may be set not to wait for its disk; what this API acknowledges has to be on it. */
const DURABLE = `select set_config('synchronous_commit', 'on', false) where current_setting('synchronous_commit') = 'off'`

/** Opens a PostgreSQL database, which several APIs may share. */
export async function openPostgres(url: string, log: (line: string) => void): Promise<Database> {
  const pool = new Pool({
    connectionString: url,
    max: 4,
    connectionTimeoutMillis: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'pump-monitor serve',
  })
  pool.on('error', (error) => log(`PostgreSQL: ${reasonOf(error)}`))
  const dialect = new PostgresDialect({
    pool,
    onCreateConnection: async (connection) => {
      await connection.executeQuery(CompiledQuery.raw(DURABLE))
    },
  })
  const db = new Kysely<Tables>({ dialect })
  try {
    await migrate(db, 'bigint', (column) => column.primaryKey().generatedAlwaysAsIdentity())
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}
