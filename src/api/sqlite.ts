import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { type SqliteDatabase, SqliteDialect } from 'kysely'

/** SQLite's own limits are far above; these many statements cover every query of the store. */
const KEPT_STATEMENTS = 64

/**
 * Opens a SQLite file for many readers and one writer, each commit on the disk before it returns
 * (write-ahead log, `synchronous=FULL`).
 */
export function openSqlite(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 10_000 })
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
  return database
}

/** Kysely's dialect for SQLite expects the shape of better-sqlite3; this gives `node:sqlite` that shape. */
export function sqliteDialect(database: DatabaseSync): SqliteDialect {
  const statements = new Map<string, ReturnType<SqliteDatabase['prepare']>>()
  const prepare: SqliteDatabase['prepare'] = (sql) => {
    const kept = statements.get(sql)
    if (kept !== undefined) return kept
    const statement = database.prepare(sql)
    const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[]
    const shaped = {
      reader: statement.columns().length > 0,
      all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
      run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
      iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
    }
    if (statements.size >= KEPT_STATEMENTS) statements.delete(statements.keys().next().value ?? '')
    statements.set(sql, shaped)
    return shaped
  }
  return new SqliteDialect({ database: { prepare, close: () => database.close() } })
}
