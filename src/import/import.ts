import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { createClient } from '../delivery/client.ts'
import { type DeliveryReport, deliver } from '../delivery/deliver.ts'
import { openSpool, type Spool } from '../delivery/spool.ts'
import { parseSpoolName } from '../delivery/spool-file.ts'
import { findToken, type Token } from '../delivery/token.ts'
import { EXIT, InputFailure, reasonOf, UsageFailure } from '../failure.ts'

const PROGRAM = 'pump-monitor import'

const HELP = `Sends anomalies that were carried away from a device which cannot reach the API: copy its unsent_anomalies folder to
a USB stick, and import it where there is a network. Each anomaly is one file with a checksum and has a key of its own,
so importing twice, or importing what the device itself sends later, stores nothing twice. DIR is left as it is.

usage: pump-monitor import DIR --api URL [options]

  DIR                        a folder of waiting anomalies, or a state directory with one in it
  --api URL                  anomalies go to POST {URL}/edge/anomalies
  --token-file FILE          file with the bearer token, readable by its owner only (default: $ANOMALY_API_TOKEN)
  --ca-file FILE             PEM file with a private certificate authority
  --allow-insecure-loopback  allow http:// to an API on this machine

exit status: 0 everything is delivered; 64 wrong use; 65 DIR holds no anomaly; 69 some are not delivered, run it again;
78 the address, the token or a certificate is wrong

example:
  pump-monitor import /media/usb/unsent_anomalies --api https://api.example.com/v1 --token-file token
`

const OPTIONS = {
  api: { type: 'string' },
  'token-file': { type: 'string' },
  'ca-file': { type: 'string' },
  'allow-insecure-loopback': { type: 'boolean', default: false },
} as const

/** Limits of a person's request: patient, but not for ever. */
const PATIENCE = { timeoutMs: 30_000, timeBudgetMs: 3_600_000, attempts: 3, baseDelayMs: 1_000, concurrency: 4 } as const

const SPOOL_BYTES = 2 ** 40

export const importCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions(PROGRAM, argv, OPTIONS)
    const [from, surplus] = positionals
    if (from === undefined || surplus !== undefined) {
      throw new UsageFailure({ where: PROGRAM, what: 'wants one DIR', mend: `see ${PROGRAM} --help` })
    }
    if (values.api === undefined)
      throw new UsageFailure({ where: PROGRAM, what: '--api is missing', mend: `see ${PROGRAM} --help` })
    const token = tokenFor(values['token-file'] ?? null, io)
    const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-import-'))
    const client = createClient({
      baseUrl: values.api,
      token: token.secret,
      caFile: values['ca-file'] ?? null,
      clientCertFile: null,
      clientKeyFile: null,
      allowInsecureLoopback: values['allow-insecure-loopback'],
      env: io.env,
      userAgent: 'pump-monitor-import',
      cwd: io.cwd,
    })
    try {
      const { spool, count } = copyOf(resolve(io.cwd, from), folder, (line) => io.stderr(`${line}\n`))
      const report = await deliver(spool, client, {
        ...PATIENCE,
        nowMs: Date.now,
        elapsedMs: () => performance.now(),
        random: Math.random,
        saved: null,
        force: true,
        signal: new AbortController().signal,
      })
      const damaged = count - report.acknowledged.length - report.rejected.length - report.waiting
      io.stdout(inWords(report, damaged))
      return report.acknowledged.length === count ? EXIT.ok : EXIT.unavailable
    } finally {
      client.close()
      rmSync(folder, { recursive: true, force: true })
    }
  },
}

function tokenFor(tokenFile: string | null, { env, cwd }: CommandIo): Token {
  const token = findToken({ env, tokenFile, embedded: null, userId: process.geteuid?.() ?? 0, cwd })
  if (token !== null) return token
  throw new UsageFailure({ where: PROGRAM, what: 'there is no token', mend: 'set $ANOMALY_API_TOKEN or give --token-file' })
}

/** A spool with copies of the anomalies in `from`, so that a stick that is read-only will do and stays as it is. */
function copyOf(from: string, folder: string, log: (line: string) => void): { spool: Spool; count: number } {
  const inside = join(from, 'unsent_anomalies')
  const source = existsSync(inside) ? inside : from
  let names: string[]
  try {
    names = readdirSync(source).filter((name) => parseSpoolName(name) !== null)
  } catch (cause) {
    throw new InputFailure({
      where: from,
      what: `cannot be read (${reasonOf(cause)})`,
      mend: 'give the folder of a device',
      cause,
    })
  }
  if (names.length === 0) {
    throw new InputFailure({ where: source, what: 'holds no anomaly', mend: 'give an unsent_anomalies folder of a device' })
  }
  const folders = { unsent: join(folder, 'unsent'), rejected: join(folder, 'rejected'), damaged: join(folder, 'damaged') }
  for (const path of Object.values(folders)) mkdirSync(path)
  for (const name of names) copyFileSync(join(source, name), join(folders.unsent, name))
  const losses = join(folder, 'losses.json')
  const spool = openSpool({ ...folders, losses, maxBytes: SPOOL_BYTES, log: (_, message) => log(message) })
  return { spool, count: spool.waiting().length }
}

function inWords({ acknowledged, rejected, waiting, stopped }: DeliveryReport, damaged: number): string {
  const parts = [`${acknowledged.length} delivered`]
  if (rejected.length > 0) parts.push(`${rejected.length} refused by the API (${rejected.join(', ')})`)
  if (damaged > 0) parts.push(`${damaged} damaged on the way: copy them from the device again`)
  if (waiting > 0) parts.push(`${waiting} not delivered: ${stopped ?? 'run it again'}`)
  return `${parts.join('; ')}\n`
}
