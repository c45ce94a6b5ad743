import { readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import { createClient } from '../../src/delivery/client.ts'
import { deliver } from '../../src/delivery/deliver.ts'
import { createSecret } from '../../src/delivery/secret.ts'
import type { AnomalyApi } from '../../src/delivery/sending.ts'
import { openSpool } from '../../src/delivery/spool.ts'
import { isFailure, reasonOf } from '../../src/failure.ts'
import { ensureFolder, openStateDirectory, stateLayout } from '../../src/state/directory.ts'
import { removeLeftovers } from '../../src/state/durable.ts'
import { acquireLock } from '../../src/state/lock.ts'
import { loadState, saveState } from '../../src/state/state-file.ts'
import { testToken } from '../secrets/token.ts'

/**
 * One run of state and delivery alone, in the order of the device's: `journey STATE_DIR BATCH [API]`. The batch is a JSON
 * array of anomalies; without an API they wait in the spool. Ends like the device: one line and an exit code.
 */

export interface JourneyState {
  /** Event time of the last anomaly, ms since 1970. */
  readonly watermark_ms: number
  readonly delivery: unknown
}

export const JOURNEY_OWNER = { siteId: 12, pumpId: 1 }

/** `say` gets the log and, as soon as they are true, `added ID` and `spooled N`. */
export async function journey(
  directory: string,
  batch: readonly AnomalyRecord[],
  api: AnomalyApi | null,
  say: (line: string) => void,
): Promise<void> {
  openStateDirectory(directory, { id: process.geteuid?.() ?? 0, command: process.argv })
  const lock = await acquireLock(directory, { waitMs: 0, sleep: async () => undefined })
  try {
    const layout = stateLayout(directory)
    for (const folder of [layout.unsent, layout.rejected, layout.damaged]) ensureFolder(folder)
    removeLeftovers(directory)
    const loaded = loadState<JourneyState>(directory, JOURNEY_OWNER)
    if (loaded.note !== null) say(`note ${loaded.kind} ${loaded.note}`)
    const state = loaded.payload ?? { watermark_ms: 0, delivery: null }
    const log = (level: string, message: string) => say(`${level} ${message}`)
    const spool = openSpool({ ...layout, losses: join(directory, 'losses.json'), maxBytes: 1e9, log })
    const fresh = batch.filter(({ timestamp }) => Date.parse(timestamp) > state.watermark_ms)
    for (const record of fresh) {
      spool.add(record)
    }
    spool.settle()
    for (const { metadata } of fresh) say(`added ${metadata.idempotencyKey}`)
    const watermark = Math.max(state.watermark_ms, ...fresh.map(({ timestamp }) => Date.parse(timestamp)))
    if (fresh.length > 0) saveState(directory, JOURNEY_OWNER, { ...state, watermark_ms: watermark })
    say(`spooled ${fresh.length}`)
    if (api === null) return
    const report = await deliver(spool, api, { ...DELIVERY, saved: state.delivery })
    say(`delivered ${report.acknowledged.length} ${report.stopped ?? ''}`)
    saveState(directory, JOURNEY_OWNER, { watermark_ms: watermark, delivery: report.saved })
  } finally {
    lock.release()
  }
}

const CLIENT = {
  caFile: null,
  clientCertFile: null,
  clientKeyFile: null,
  allowInsecureLoopback: true,
  env: {},
  userAgent: 'pump-monitor/journey',
  cwd: '/',
}

const DELIVERY = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  random: () => 0.5,
  timeoutMs: 5000,
  timeBudgetMs: 20_000,
  attempts: 3,
  baseDelayMs: 10,
  concurrency: 2,
  // The breaker of a killed run must not keep the re-run of a test from delivering.
  force: process.env['JOURNEY_FORCE'] !== 'no',
  signal: new AbortController().signal,
}

if (process.argv[1]?.endsWith('journey.mjs') === true) {
  const [directory = '', batch = '', url = null] = process.argv.slice(2)
  const client = url === null ? null : createClient({ ...CLIENT, baseUrl: url, token: createSecret(testToken('journey')) })
  // Gives whoever reads the lines the time to act on them.
  const pause = new Int32Array(new SharedArrayBuffer(4))
  const say = (line: string) => {
    writeSync(1, `${line}\n`)
    Atomics.wait(pause, 0, 0, Number(process.env['JOURNEY_PAUSE_MS'] ?? 0))
  }
  try {
    await journey(directory, JSON.parse(readFileSync(batch, 'utf8')), client, say)
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n`)
    process.exitCode = isFailure(error) ? error.exitCode : 70
  }
  client?.close()
}
