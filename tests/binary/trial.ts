import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { startServer, type TestServer } from '../delivery/server.ts'
import { finish } from '../harness/finished-run.ts'
import { testToken } from '../secrets/token.ts'
import { fileIn, HEADER } from './packaged.ts'

const TOKEN = testToken('trial')

/** How a trial begins, and what its API does. */
export interface Beginning {
  readonly name: string
  /** Earlier runs; `judge` takes the first `rows` readings. */
  readonly prepare: (judge: (rows: number, api: object) => Promise<unknown>) => Promise<void>
  /** Whether ONNX Runtime's libraries have been extracted. */
  readonly libraries: boolean
  readonly behave: TestServer['behave']
  /** How many of the three anomalies the API takes. */
  readonly taken: number
}

const works: TestServer['behave'] = () => ({ kind: 'work' })
const refusal = { kind: 'answer', status: 422, body: JSON.stringify({ title: 'sensor unknown' }) } as const

export const BEGINNINGS: readonly Beginning[] = [
  { name: 'a first run', prepare: async () => undefined, libraries: false, behave: works, taken: 3 },
  {
    name: 'a run after an outage',
    prepare: async (judge) => {
      // One attempt each, so that the breaker is still closed.
      await judge(2, { base_url: 'http://127.0.0.1:9/v1', retry_attempts: 1 })
    },
    libraries: true,
    behave: works,
    taken: 3,
  },
  {
    name: 'a run whose API is in trouble',
    prepare: async () => undefined,
    libraries: true,
    behave: (number, { body }) => {
      if (number === 0) return { kind: 'answer', status: 503, headers: { 'retry-after': '0' } }
      return body.includes('"timestamp":"2024-06-01T08:00') ? refusal : { kind: 'work' }
    },
    taken: 2,
  },
]

/** One executable with a batch of three anomalies, its state and its API, from the same beginning again and again. */
export interface Trial {
  /** Everything of the trial lies below it. */
  readonly folder: string
  readonly state: string
  /** Makes the state directory as the run finds it, and an API that has seen nothing; with ONNX Runtime's libraries if told so. */
  readonly begin: (withLibraries?: boolean) => Promise<TestServer>
  /** What judges the batch and reports to the API. */
  readonly command: (server: TestServer) => readonly string[]
}

/** `folder` must be empty. */
export async function openTrial(program: string, folder: string, { prepare, libraries, behave }: Beginning): Promise<Trial> {
  const state = join(folder, 'state')
  const native = join(state, 'native')
  const [kept, extracted] = [join(folder, 'kept'), join(folder, 'extracted')]
  const command = (input: string, api: object) => {
    const overlay = fileIn(folder, 'overlay.json', JSON.stringify({ api }))
    // One thread of Node's pool: then it is known which thread reads the batch.
    const environment = [`ANOMALY_API_TOKEN=${TOKEN}`, 'UV_THREADPOOL_SIZE=1']
    return ['env', ...environment, program, input, '--state-dir', state, '--config', overlay, '--allow-insecure-loopback']
  }
  const judge = (rows: number, api: object) => finish(command(fileIn(folder, 'earlier.csv', failingRows(rows)), api))
  // The libraries are extracted for a reading to judge.
  await judge(1, {})
  renameSync(native, extracted)
  rmSync(state, { recursive: true })
  await prepare(judge)
  rmSync(native, { recursive: true, force: true })
  if (existsSync(state)) renameSync(state, kept)
  const input = fileIn(folder, 'readings.csv', failingRows(3))
  return {
    folder,
    state,
    begin: async (withLibraries = libraries) => {
      rmSync(state, { recursive: true, force: true })
      if (existsSync(kept)) cpSync(kept, state, { recursive: true })
      if (withLibraries) linkFiles(extracted, native)
      const server = await startServer({ ignoresKeys: true })
      server.behave = behave
      return server
    },
    command: ({ url }) => command(input, { base_url: url, retry_delay_seconds: 0.05 }),
  }
}

/** Readings of a pump that hardly pumps, an hour apart: an anomaly each. */
function failingRows(count: number): string {
  const rows = Array.from({ length: count }, (_, hour) => `06/01/2024 0${hour}:00,Well 1,20,10,2.7,20.4,57.5,1795`)
  return `${[HEADER, ...rows].join('\n')}\n`
}

/** Links instead of copies, for what is large and never written in place. */
function linkFiles(from: string, to: string): void {
  mkdirSync(to, { mode: 0o700, recursive: true })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) linkFiles(source, target)
    else linkSync(source, target)
  }
}
