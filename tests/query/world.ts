import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import { startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { testToken } from '../secrets/token.ts'
import { type Called, query } from './call.ts'
import { fill } from './fleet.ts'

export const TOKEN = testToken('query')
export const SITE_1_ONLY = testToken('site-1-only')

/** A reference API with these anomalies, and the query tool beside it. */
export async function startWorld(anomalies: Iterable<AnomalyRecord>) {
  const folder = mkdtempSync(join(tmpdir(), 'query-'))
  const database = join(folder, 'anomalies.db')
  const setup = { database, tokens: [tokenFor(TOKEN), tokenFor(SITE_1_ONLY, 'one', [1])], port: 0, requestsPerSecond: 100_000 }
  const api = await startApi(setup)
  const count = fill(database, anomalies)
  const env = { ANOMALY_API_TOKEN: TOKEN, PUMP_MONITOR_API: api.url }
  return {
    api,
    database,
    folder,
    count,
    env,
    /** `--allow-insecure-loopback` is added. */
    query: (argv: readonly string[], changes: Readonly<Record<string, string>> = {}): Promise<Called> =>
      query([...argv, '--allow-insecure-loopback'], { ...env, ...changes }, folder),
    close: async () => {
      await api.close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type World = Awaited<ReturnType<typeof startWorld>>
