import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

/** A statement to execute; null closes the database. */
export type SqliteRequest = { readonly sql: string; readonly parameters: readonly unknown[] } | null

/** Answers come in the order of the requests; the first one, to no request, says whether the file could be opened. */
export type SqliteAnswer = { readonly rows: unknown[]; readonly changes: number } | { readonly error: string }

/** More than the store's queries in all their shapes; the oldest goes when there are more. */
const KEPT_STATEMENTS = 600

const statements = new Map<string, StatementSync>()

// Each commit is on the disk before it returns; the log is carried over into the file every 16 MiB.
const database = answer(() => {
  const opened = new DatabaseSync(workerData as string, { timeout: 10_000 })
  opened.exec('pragma journal_mode = wal; pragma synchronous = full; pragma wal_autocheckpoint = 4000')
  return opened
})
if (database !== null) post({ rows: [], changes: 0 })

parentPort?.on('message', (request: SqliteRequest) => {
  if (request === null) {
    database?.close()
    parentPort?.close()
    return
  }
  const result = answer(() => execute(request.sql, request.parameters as readonly SQLInputValue[]))
  if (result !== null) post(result)
})

function execute(sql: string, parameters: readonly SQLInputValue[]): SqliteAnswer {
  const statement = statementOf(sql)
  if (statement.columns().length > 0) return { rows: statement.all(...parameters), changes: 0 }
  return { rows: [], changes: Number(statement.run(...parameters).changes) }
}

function statementOf(sql: string): StatementSync {
  const kept = statements.get(sql)
  if (kept !== undefined) return kept
  if (database === null) throw new Error('the database could not be opened')
  const statement = database.prepare(sql)
  if (statements.size >= KEPT_STATEMENTS) statements.delete(statements.keys().next().value ?? '')
  statements.set(sql, statement)
  return statement
}

/** What `work` gives, or null after its error was posted. */
function answer<T>(work: () => T): T | null {
  try {
    return work()
  } catch (error) {
    post({ error: error instanceof Error ? error.message : String(error) })
    return null
  }
}

function post(message: SqliteAnswer): void {
  parentPort?.postMessage(message)
}
