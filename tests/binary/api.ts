import { join } from 'node:path'
import { startApi } from '../../src/api/server.ts'
import { tokenFor } from '../../src/api/tokens.ts'
import { searchOutput } from '../secrets/search.ts'
import { testToken } from '../secrets/token.ts'
import { fileIn, scratch } from './packaged.ts'

export const TOKEN = testToken('device')

/** What a test reads of a stored anomaly. */
export interface Stored {
  readonly id: number | string
  readonly timestamp: string
  readonly description: string
  readonly metadata: { readonly idempotencyKey: string; readonly modelName: string | null }
  readonly additionalContext: { readonly parameter: readonly string[]; readonly status: string }
}

/** The reference API on this machine, and an overlay that points a pump to it. */
export interface TestApi {
  readonly url: string
  readonly overlay: string
  readonly anomalies: () => Promise<Stored[]>
  readonly close: () => Promise<void>
}

export async function apiFor(folder = scratch(), port = 0): Promise<TestApi> {
  const database = join(folder, 'anomalies.db')
  const log = (line: string) => searchOutput('log of the API', line)
  const api = await startApi({ database, tokens: [tokenFor(TOKEN)], host: '127.0.0.1', port, log })
  return { url: api.url, overlay: overlayFor(api.url, folder), anomalies: () => anomaliesOf(api.url), close: api.close }
}

/** A file that points a pump to an API. */
export function overlayFor(url: string, folder: string): string {
  return fileIn(folder, 'overlay.json', JSON.stringify({ api: { base_url: url, retry_delay_seconds: 0.05 } }))
}

/** All anomalies of an API, oldest first. */
async function anomaliesOf(url: string): Promise<Stored[]> {
  const items: Stored[] = []
  for (;;) {
    const answer = await fetch(`${url}/edge/anomalies?skip=${items.length}&take=100&sortDirection=asc`, {
      headers: { authorization: `Bearer ${TOKEN}` },
    })
    const page = (await answer.json()) as { items: Stored[]; total: number }
    items.push(...page.items)
    if (page.items.length === 0 || items.length >= page.total) return items
  }
}

/** Arguments and environment of a run that reports to the API and keeps its state in `folder`. */
export function reporting(api: Pick<TestApi, 'overlay'>, folder: string) {
  return {
    args: ['--state-dir', join(folder, 'state'), '--config', api.overlay, '--allow-insecure-loopback'],
    env: { PATH: process.env['PATH'] ?? '', ANOMALY_API_TOKEN: TOKEN },
  }
}
