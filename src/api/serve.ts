import { resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT, OutputFailure, reasonOf, UsageFailure } from '../failure.ts'
import { isPostgres } from './database.ts'
import { openApiDocument } from './openapi.ts'
import { type ApiSetup, startApi } from './server.ts'
import { backUpSqlite } from './sqlite-copy.ts'
import { newToken, readTokenFile } from './token-file.ts'

const PROGRAM = 'pump-monitor serve'

const help = `Usage: ${PROGRAM} --token-file FILE [--db DATABASE] [--port PORT] [--host ADDRESS] [--max-rate N]
       ${PROGRAM} --token-file FILE --new-token NAME [--sites IDS]
       ${PROGRAM} --back-up COPY [--db FILE]
       ${PROGRAM} --openapi

Runs the reference anomaly API: POST and GET {url}/edge/anomalies, besides {url}/health, {url}/metrics (Prometheus; for
tokens of all sites) and {url}/openapi.json. It prints its URL, which devices get as api.base_url, and stops on SIGTERM
or Ctrl-C after answering what has arrived. On SIGHUP it reads the token file again.

Options:
  --token-file FILE  tokens that may use the API, a line each: NAME SITES sha256:HEX (SITES: * or ids with commas)
  --db DATABASE      SQLite file, made when missing, or postgres://USER@HOST/NAME with the password in PGPASSWORD
                     (default: anomalies.db)
  --port PORT        port to listen on; 0 takes a free one (default: 8080)
  --host ADDRESS     address to listen on (default: 127.0.0.1). Anything else is reached without TLS: put a proxy
                     that does TLS before it
  --max-rate N       requests per second that each token may make in the long run (default: 1000)
  --new-token NAME   make a token, print it once, add its hash to the token file, and end
  --sites IDS        sites of the new token: ids with commas (default: *, all sites)
  --back-up COPY     copy the SQLite file as it is now to COPY, while the API runs, and end (PostgreSQL: pg_dump)
  --openapi          print the OpenAPI document, and end
  --help             show this text

Exit status: 0 stopped; 64 usage; 73 the copy cannot be written; 78 the token file, the database or the address cannot
be used.

Examples:
  ${PROGRAM} --token-file tokens --new-token well-1 --sites 12
  ${PROGRAM} --token-file tokens --db /var/lib/anomalies/anomalies.db --port 8080
  ${PROGRAM} --db /var/lib/anomalies/anomalies.db --back-up /backup/anomalies-monday.db
`

const OPTIONS = {
  'token-file': { type: 'string' },
  db: { type: 'string', default: 'anomalies.db' },
  port: { type: 'string', default: '8080' },
  host: { type: 'string', default: '127.0.0.1' },
  'max-rate': { type: 'string', default: '1000' },
  'new-token': { type: 'string' },
  sites: { type: 'string' },
  'back-up': { type: 'string' },
  openapi: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(PROGRAM, argv, OPTIONS)
  if (positionals[0] !== undefined) throw usage(positionals[0], 'is not an option')
  if (values.help === true) {
    io.stdout(help)
    return EXIT.ok
  }
  if (values.openapi === true) {
    io.stdout(`${JSON.stringify(openApiDocument(), null, 2)}\n`)
    return EXIT.ok
  }
  const database = isPostgres(values.db) ? values.db : resolve(io.cwd, values.db)
  if (values['back-up'] !== undefined) {
    backUp(database, resolve(io.cwd, values['back-up']))
    return EXIT.ok
  }
  if (values['token-file'] === undefined) throw usage('--token-file', 'is missing')
  const tokenFile = resolve(io.cwd, values['token-file'])
  if (values['new-token'] !== undefined) {
    io.stdout(`${addToken(tokenFile, values['new-token'], values.sites ?? '*')}\n`)
    return EXIT.ok
  }
  if (values.sites !== undefined) throw usage('--sites', 'goes with --new-token')
  const port = wholeNumber('--port', values.port, 0, 65_535)
  await serve(
    { database, host: values.host, port, requestsPerSecond: wholeNumber('--max-rate', values['max-rate'], 1, 1_000_000) },
    tokenFile,
    io,
  )
  return EXIT.ok
}

export const serveCommand: Command = { help, run }

async function serve(setup: Omit<ApiSetup, 'tokens' | 'log'>, tokenFile: string, io: CommandIo): Promise<void> {
  const log = (line: string) => io.stderr(`${new Date().toISOString()} ${line}\n`)
  const tokens = readTokenFile(tokenFile)
  const api = await startApi({ ...setup, tokens, log })
  const reload = () => {
    try {
      api.replaceTokens(readTokenFile(tokenFile))
      log(`${tokenFile} read again`)
    } catch (error) {
      log(`${reasonOf(error)}; the tokens stay as they were`)
    }
  }
  process.on('SIGHUP', reload)
  const stopped = nextSignal()
  io.stdout(`${api.url}\n`)
  if (tokens.length === 0) log(`${tokenFile} holds no token, so every request is refused; add one with --new-token NAME`)
  await stopped
  process.off('SIGHUP', reload)
  await api.close()
}

function addToken(file: string, name: string, sites: string): string {
  if (!/^[^\s#]+$/.test(name)) throw usage('--new-token', 'wants a name without spaces and #')
  if (!/^(\*|\d+(,\d+)*)$/.test(sites)) throw usage('--sites', 'wants * or site ids with commas')
  const secret = newToken(file, name, sites === '*' ? 'all' : sites.split(',').map(Number))
  if (secret === null) throw usage('--new-token', `${name} is already in ${file}`)
  return secret
}

function backUp(database: string, copy: string): void {
  if (isPostgres(database)) throw usage('--back-up', 'copies SQLite files; use pg_dump for PostgreSQL')
  try {
    backUpSqlite(database, copy)
  } catch (error) {
    const mend = 'check that the database is one of this API and that there is room for the copy'
    throw new OutputFailure({ where: copy, what: `${database} was not copied there (${reasonOf(error)})`, mend, cause: error })
  }
}

function wholeNumber(option: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw usage(option, `${text} is not a whole number from ${least} to ${most}`)
  return value
}

function usage(where: string, what: string): UsageFailure {
  return new UsageFailure({ where: `${PROGRAM} ${where}`, what, mend: `see ${PROGRAM} --help` })
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the program at once, as is usual. */
function nextSignal(): Promise<void> {
  return new Promise((done) => {
    const stop = () => {
      process.off('SIGTERM', stop).off('SIGINT', stop)
      done()
    }
    process.on('SIGTERM', stop).on('SIGINT', stop)
  })
}
