import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import { startApi } from './server.ts'
import { readTokenFile, tokenFor, tokenLine } from './tokens.ts'

const PROGRAM = 'pump-monitor serve'

const help = `Usage: ${PROGRAM} --token-file FILE [--db FILE] [--port PORT] [--host ADDRESS]
       ${PROGRAM} --token-file FILE --new-token NAME [--sites IDS]

Runs the reference anomaly API: POST and GET {url}/edge/anomalies. It prints its URL, which devices get as
api.base_url, and stops on SIGTERM or Ctrl-C after answering what has arrived.

Options:
  --token-file FILE  tokens that may use the API, a line each: NAME SITES sha256:HEX (SITES: * or ids with commas)
  --db FILE          SQLite file, made when missing (default: anomalies.db)
  --port PORT        port to listen on; 0 takes a free one (default: 8080)
  --host ADDRESS     address to listen on (default: 127.0.0.1). Anything else is reached without TLS: put a proxy
                     that does TLS before it
  --new-token NAME   make a token, print it once, add its hash to the token file, and end
  --sites IDS        sites of the new token: ids with commas (default: *, all sites)
  --help             show this text

Exit status: 0 stopped; 64 usage; 78 the token file, the database or the address cannot be used.

Examples:
  ${PROGRAM} --token-file tokens --new-token well-1 --sites 12
  ${PROGRAM} --token-file tokens --db /var/lib/anomalies/anomalies.db --port 8080
`

async function run(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseOptions(PROGRAM, argv, {
    'token-file': { type: 'string' },
    db: { type: 'string', default: 'anomalies.db' },
    port: { type: 'string', default: '8080' },
    host: { type: 'string', default: '127.0.0.1' },
    'new-token': { type: 'string' },
    sites: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  })
  if (values.help === true) {
    io.stdout(help)
    return EXIT.ok
  }
  if (positionals[0] !== undefined) throw usage(positionals[0], 'is not an option')
  if (values['token-file'] === undefined) throw usage('--token-file', 'is missing')
  const tokenFile = resolve(io.cwd, values['token-file'])
  if (values['new-token'] !== undefined) {
    addToken(tokenFile, values['new-token'], values.sites ?? '*', io)
    return EXIT.ok
  }
  if (values.sites !== undefined) throw usage('--sites', 'goes with --new-token')

  const tokens = readTokenFile(tokenFile)
  const port = portOf(values.port)
  const api = await startApi({
    database: resolve(io.cwd, values.db),
    tokens,
    host: values.host,
    port,
    log: (line) => io.stderr(`${line}\n`),
  })
  const stopped = nextSignal()
  io.stdout(`${api.url}\n`)
  if (tokens.length === 0) io.stderr(`${tokenFile}: holds no token, so every request is refused; add one with --new-token NAME\n`)
  await stopped
  await api.close()
  return EXIT.ok
}

export const serveCommand: Command = { help, run }

function addToken(file: string, name: string, sites: string, io: CommandIo): void {
  if (!/^[^\s#]+$/.test(name)) throw usage('--new-token', 'wants a name without spaces and #')
  if (!/^(\*|\d+(,\d+)*)$/.test(sites)) throw usage('--sites', 'wants * or site ids with commas')
  const tokens = existsSync(file) ? readTokenFile(file) : []
  if (tokens.some((token) => token.name === name)) throw usage('--new-token', `${name} is already in ${file}`)
  const secret = randomBytes(32).toString('base64url')
  const token = tokenFor(secret, name, sites === '*' ? 'all' : sites.split(',').map(Number))
  appendFileSync(file, `${tokenLine(token)}\n`, { mode: 0o600 })
  io.stdout(`${secret}\n`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw usage('--port', `${text} is not a port`)
  return port
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
