import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { TestServer } from '../delivery/server.ts'
import { apiFor, overlayFor, reporting, type Stored, type TestApi } from './api.ts'
import { type Kept, keptIn } from './kept.ts'
import { fileIn } from './packaged.ts'
import type { ProgramOptions } from './program.ts'
import { csvOf } from './worsening.ts'

/** A device of its own that reports to an API of its own. */
export interface Site {
  readonly state: string
  /** The growing file of its logger. */
  readonly input: string
  /** Makes the rows that file, and tells how to run the executable on it; `more` are further arguments. */
  readonly given: (rows: readonly string[], ...more: readonly string[]) => Required<Pick<ProgramOptions, 'args' | 'env'>>
  /** What the API holds, oldest first: ids, times and contents, but not the API's own numbers. */
  readonly delivered: () => Promise<readonly string[]>
  readonly kept: () => Kept
  readonly close: () => Promise<void>
}

type Api = Pick<TestApi, 'overlay' | 'close'> & {
  readonly anomalies: () => Promise<readonly Pick<Stored, 'timestamp' | 'description' | 'metadata'>[]>
}

/** An API that stores whatever comes, as often as it comes: it sees what a key would hide. */
export function withoutKeys(server: TestServer): (folder: string) => Promise<Api> {
  return async (folder) => ({
    overlay: overlayFor(server.url, folder),
    anomalies: async () => (server.stored as readonly Stored[]).toSorted((a, b) => a.timestamp.localeCompare(b.timestamp)),
    close: server.close,
  })
}

/** Everything that it has lies in `folder`, which may be new. */
export async function siteIn(folder: string, apiIn: (folder: string) => Promise<Api> = apiFor): Promise<Site> {
  mkdirSync(folder, { recursive: true })
  const api = await apiIn(folder)
  const { args, env } = reporting(api, folder)
  const state = join(folder, 'state')
  const input = join(folder, 'in.csv')
  return {
    state,
    input,
    given: (rows, ...more) => ({ args: [fileIn(folder, 'in.csv', csvOf(rows)), ...more, ...args], env }),
    delivered: async () =>
      (await api.anomalies()).map(
        ({ timestamp, description, metadata }) => `${metadata.idempotencyKey} ${timestamp} ${description}`,
      ),
    kept: () => keptIn(state),
    close: api.close,
  }
}
