import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import { type Client, createClient } from '../../src/delivery/client.ts'
import { type DeliveryReport, type DeliverySetup, deliver } from '../../src/delivery/deliver.ts'
import { createSecret } from '../../src/delivery/secret.ts'
import { openSpool, type Spool } from '../../src/delivery/spool.ts'
import { searchOutput } from '../secrets/search.ts'
import { testToken } from '../secrets/token.ts'
import { testFolder } from '../state/folder.ts'

export const TOKEN = testToken('delivery')

/** A spool of its own with the given anomalies in it, and what it logged. */
export function aSpool(records: readonly AnomalyRecord[] = [], maxBytes = 50 * 1024 * 1024, folder = testFolder()) {
  const said: string[] = []
  const say = (level: string, message: string) => {
    searchOutput('log of a spool', message)
    said.push(`${level} ${message}`)
  }
  const [unsent, rejected, damaged] = ['unsent_anomalies', 'rejected_anomalies', 'damaged_anomalies'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  for (const path of [unsent, rejected, damaged]) mkdirSync(path, { recursive: true })
  const losses = join(folder, 'lost_anomalies.json')
  const open = () => openSpool({ unsent, rejected, damaged, losses, maxBytes, log: say })
  const spool = open()
  for (const record of records) spool.add(record)
  return { spool, open, said, folder, unsent, rejected, damaged, losses }
}

export function aClient(baseUrl: string, changes: Partial<Parameters<typeof createClient>[0]> = {}): Client {
  return createClient({
    baseUrl,
    token: createSecret(TOKEN),
    caFile: null,
    clientCertFile: null,
    clientKeyFile: null,
    allowInsecureLoopback: true,
    env: {},
    userAgent: 'pump-monitor/test',
    cwd: '/',
    ...changes,
  })
}

/** Delivers with short delays. */
export async function send(spool: Spool, client: Client, changes: Partial<DeliverySetup> = {}): Promise<DeliveryReport> {
  try {
    return await deliver(spool, client, { ...QUICK, ...changes })
  } finally {
    client.close()
  }
}

const QUICK: DeliverySetup = {
  nowMs: () => Date.now(),
  elapsedMs: () => performance.now(),
  random: () => 0.5,
  timeoutMs: 5000,
  timeBudgetMs: 20_000,
  attempts: 3,
  baseDelayMs: 5,
  concurrency: 4,
  saved: null,
  force: false,
  signal: new AbortController().signal,
}
