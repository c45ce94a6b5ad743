import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SqliteAnswer, SqliteRequest } from './sqlite-worker.ts'
import { type Database, migrate, type Tables } from './tables.ts'

/** Opens a SQLite file in a thread of its own, so that a sync of the disk keeps no other request waiting. */
export async function openSqlite(file: string): Promise<Database> {
  const driver = sqliteDriver(file)
  const db = new Kysely<Tables>({
    dialect: {
      createDriver: () => driver,
      createAdapter: () => new SqliteAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (of) => new SqliteIntrospector(of),
    },
  })
  try {
    // One transaction around all, so that of two programs which start at once the second waits and finds the work done.
    await db.executeQuery(CompiledQuery.raw('begin immediate'))
    await migrate(db, 'integer', (column) => column.primaryKey().autoIncrement())
    await db.executeQuery(CompiledQuery.raw('commit'))
    return db
  } catch (error) {
    await db.destroy()
    throw error
  }
}

/** Kysely's driver for one SQLite connection in a worker. Every statement is its own transaction. */
function sqliteDriver(file: string): Driver {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), { workerData: file })
  const exited = once(worker, 'exit')
  const waiting: ((answer: SqliteAnswer) => void)[] = []
  let broken: string | null = null
  worker.on('message', (answer: SqliteAnswer) => waiting.shift()?.(answer))
  worker.on('error', (error) => {
    broken = error instanceof Error ? error.message : String(error)
    for (const give of waiting.splice(0)) give({ error: broken })
  })

  const next = () =>
    new Promise<SqliteAnswer>((give) => {
      if (broken === null) waiting.push(give)
      else give({ error: broken })
    })
  const opened = next()
  const connection: DatabaseConnection = {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> => {
      const answer = next()
      worker.postMessage({ sql, parameters } satisfies SqliteRequest)
      const { rows, changes } = resultOf(await answer)
      return { rows: rows as R[], numAffectedRows: BigInt(changes) }
    },
    streamQuery: () => noSuchThing('streams'),
  }
  return {
    init: async () => {
      const answer = await opened
      // Kysely never closes what it could not open.
      if ('error' in answer) await worker.terminate()
      resultOf(answer)
    },
    acquireConnection: async () => connection,
    releaseConnection: async () => undefined,
    beginTransaction: () => noSuchThing('transactions'),
    commitTransaction: () => noSuchThing('transactions'),
    rollbackTransaction: () => noSuchThing('transactions'),
    destroy: async () => {
      worker.postMessage(null satisfies SqliteRequest)
      await exited
    },
  }
}

function resultOf(answer: SqliteAnswer): Exclude<SqliteAnswer, { error: string }> {
  if ('error' in answer) throw new Error(answer.error)
  return answer
}

/** On one connection that all requests share, these would mix the work of several. */
function noSuchThing(what: string): never {
  throw new Error(`there are no ${what} on this connection`)
}
