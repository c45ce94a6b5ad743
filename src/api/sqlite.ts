import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from 'kysely'
import { type Database, migrate, type Tables } from './tables.ts'

/** More than the queries of the store in all their shapes; the oldest goes when there are more. */
const KEPT_STATEMENTS = 600

/** Opens a SQLite file, each commit of which is on the disk before it returns (write-ahead log, `synchronous=FULL`). */
export async function openSqlite(file: string): Promise<Database> {
  const connection = new DatabaseSync(file, { timeout: 10_000 })
  try {
    connection.exec('pragma journal_mode = wal; pragma synchronous = full')
    const db = new Kysely<Tables>({ dialect: sqliteDialect(connection) })
    // One transaction around all, so that of two programs which start at once the second waits and finds the work done.
    connection.exec('begin immediate')
    await migrate(db, 'integer', (column) => column.primaryKey().autoIncrement())
    connection.exec('commit')
    return db
  } catch (error) {
    connection.close()
    throw error
  }
}

/** Kysely's dialect for SQLite expects the shape of better-sqlite3; this gives `node:sqlite` that shape. */
function sqliteDialect(connection: DatabaseSync): SqliteDialect {
  const statements = new Map<string, SqliteStatement>()
  const prepare: SqliteDatabase['prepare'] = (sql) => {
    const kept = statements.get(sql)
    if (kept !== undefined) return kept
    const statement = connection.prepare(sql)
    const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[]
    const shaped: SqliteStatement = {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...values(parameters)),
      run: (parameters) => statement.run(...values(parameters)),
      iterate: (parameters) => statement.iterate(...values(parameters)),
    }
    if (statements.size >= KEPT_STATEMENTS) statements.delete(statements.keys().next().value ?? '')
    statements.set(sql, shaped)
    return shaped
  }
  return new SqliteDialect({ database: { prepare, close: () => connection.close() } })
}

/**
 * Copies the database as it is at one moment, while others go on writing to it, and leaves the copy on the disk.
 * `VACUUM INTO` reads one snapshot; SQLite's backup interface starts anew with every write of another program.
 */
export function backUpSqlite(file: string, copy: string): void {
  const partial = `${copy}.partial`
  rmSync(partial, { force: true })
  const connection = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    connection.prepare('vacuum into ?').run(partial)
  } finally {
    connection.close()
  }
  sync(partial)
  renameSync(partial, copy)
  sync(dirname(copy))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
