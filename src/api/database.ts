import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Database } from './tables.ts'

/**
 * Opens the database and brings its tables up to date.
 *
 * `database`: the path of a SQLite file, or `postgres://USER@HOST/NAME`. `log` gets a line when a connection breaks
 * that nobody waits for. Throws a ConfigurationFailure that shows no password.
 */
export async function openDatabase(database: string, log: (line: string) => void): Promise<Database> {
  const server = isPostgres(database)
  try {
    return await (server ? openPostgres(database, log) : openSqlite(database))
  } catch (error) {
    throw new ConfigurationFailure({
      where: server ? withoutPassword(database) : database,
      what: `cannot be opened as the database of anomalies (${reasonOf(error)})`,
      mend: server
        ? 'check that the server is up and lets this user create tables'
        : 'name a SQLite file in a folder that this user may write',
      cause: error,
    })
  }
}

export function isPostgres(database: string): boolean {
  return /^postgres(ql)?:\/\//.test(database)
}

function withoutPassword(url: string): string {
  const parsed = URL.parse(url)
  if (parsed === null) return 'the address of PostgreSQL'
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`
}
