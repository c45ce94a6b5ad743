import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parseSpoolName } from '../../src/delivery/spool-file.ts'
import { loadState } from '../../src/state/state-file.ts'
import { aRecord, idOf } from '../delivery/records.ts'
import { startServer, type TestServer } from '../delivery/server.ts'
import { hasPrograms, REQUIRE_ALL, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { finish } from './finished-run.ts'
import { JOURNEY_OWNER, type JourneyState, journey } from './journey.ts'
import { buildJourney, writeBatch } from './program.ts'
import { ALL_CALLS, byCount, describeFault, errorsOf, type Fault, isNetworkCall, KILL, killsOf, runWith } from './sweep.ts'
import { type TracedCall, trace } from './trace.ts'

/** `FAULTS=1` takes every fault (half an hour), the default a part of them. */
const STEP = Number(process.env['FAULTS'] ?? (process.env[REQUIRE_ALL] === '1' ? 15 : 60))
const RECORDS = [aRecord(1, 'Critical'), aRecord(2, 'Warning'), aRecord(3, 'Failure')]
const LAST_MS = Date.parse(RECORDS[2]?.timestamp ?? '')

interface Scenario {
  readonly name: string
  /** Brings the state directory to where the run begins. */
  readonly prepare: (state: string) => Promise<void>
  readonly trouble: TestServer['behave']
  /** Numbers of the anomalies that the API does not take. */
  readonly refused: readonly number[]
}

const problem = JSON.stringify({ title: 'sensor unknown' })

const SCENARIOS: readonly Scenario[] = [
  { name: 'a first run', prepare: async () => undefined, trouble: () => ({ kind: 'work' }), refused: [] },
  {
    name: 'a run that finds a state and anomalies of an outage',
    prepare: (state) => journey(state, RECORDS.slice(0, 2), null, () => undefined),
    trouble: () => ({ kind: 'work' }),
    refused: [],
  },
  {
    name: 'a run whose API fails at first and refuses one anomaly',
    prepare: async () => undefined,
    trouble: (number, { body }) => {
      if (number === 0) return { kind: 'answer', status: 503, headers: { 'retry-after': '0' } }
      return body.includes(idOf(2)) ? { kind: 'answer', status: 422, body: problem } : { kind: 'work' }
    },
    refused: [2],
  },
]

describe.runIf(requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))('a fault at every call', () => {
  test.for(SCENARIOS)(
    'of $name ends in a documented exit code and one line, and one undisturbed re-run has everything delivered once, even at an API that ignores keys',
    { timeout: 7_200_000 },
    async (scenario) => {
      const folder = quickFolder()
      const state = join(folder, 'state')
      const [program, batch] = [buildJourney(folder), writeBatch(folder, RECORDS)]
      const commandFor = (url: string) => [process.execPath, program, state, batch, url]
      await scenario.prepare(state)
      const first = await serverOf(scenario)
      const { calls: all } = await trace(commandFor(first.url), ALL_CALLS)
      const calls = all.filter((call) => call.thread === 0 && isOwn(call, state))
      expect(whatIsWrong(scenario, state, first)).toEqual([])
      const names = new Set(calls.map(({ name }) => name))
      for (const name of ['openat', 'write', 'fsync', 'rename', 'unlink', 'close', 'read', 'connect'])
        expect(names).toContain(name)
      const targets = byCount(calls)
      const chosen = [...errorsOf(targets), ...killsOf(targets)].filter((_, index) => index % STEP === 0)
      const problems: string[] = []
      let hits = 0
      for (const fault of chosen) {
        rmSync(state, { recursive: true, force: true })
        await scenario.prepare(state)
        const outcome = await faultAndRerun(fault, scenario, state, commandFor)
        problems.push(...outcome.problems)
        hits += outcome.hit ? 1 : 0
      }
      expect(problems).toEqual([])
      // Nearly every fault must have met its call.
      expect(hits / chosen.length).toBeGreaterThan(0.85)
    },
  )
})

async function faultAndRerun(fault: Fault, scenario: Scenario, state: string, commandFor: (url: string) => string[]) {
  const server = await serverOf(scenario)
  const faulted = await runWith(commandFor(server.url), fault)
  const killed = fault.kind === KILL
  // The numbers of calls differ a little from run to run; a fault that met a call of Node's own proves nothing.
  const hit = killed
    ? faulted.signal === 'SIGKILL' || faulted.exitCode === 137
    : faulted.calls.some((call) => call.injected && isOwn(call, state))
  const found: string[] = []
  const lines = faulted.stderr.split('\n').length - 1
  // SQLite takes a file system that grants no lock for a lock that another holds.
  const codes = fault.call.name === 'fcntl' ? [0, 73, 75] : [0, 73]
  if (hit && !killed && !codes.includes(faulted.exitCode ?? -1)) found.push(`exit code ${faulted.exitCode}`)
  if (hit && lines !== (killed || faulted.exitCode === 0 ? 0 : 1)) found.push(`${lines} lines: ${faulted.stderr}`)
  const again = await finish(commandFor(server.url))
  if (again.exitCode !== 0 || again.stderr !== '') found.push(`the re-run ends with ${again.exitCode}: ${again.stderr}`)
  found.push(...whatIsWrong(scenario, state, server))
  await server.close()
  const at = describeFault(fault)
  return { problems: found.map((text) => `${at}: ${text}; ${faulted.stdout}; again: ${again.stdout}`), hit }
}

/** Whether a call concerns the state directory or the API. */
function isOwn(call: TracedCall, state: string): boolean {
  return call.text.includes(state) || isNetworkCall(call)
}

async function serverOf({ trouble }: Scenario): Promise<TestServer> {
  const server = await startServer({ ignoresKeys: true })
  server.behave = trouble
  return server
}

function whatIsWrong({ refused }: Scenario, state: string, server: TestServer): string[] {
  const found: string[] = []
  const expected = [1, 2, 3].filter((number) => !refused.includes(number)).map(idOf)
  const keys = [...server.keys()].sort()
  if (keys.join() !== expected.join()) found.push(`the API holds ${keys.join()}`)
  const aside = idsIn(join(state, 'rejected_anomalies'))
  if (aside.join() !== refused.map(idOf).join()) found.push(`set aside are ${aside.join()}`)
  const waiting = idsIn(join(state, 'unsent_anomalies'))
  if (waiting.length > 0) found.push(`waiting are ${waiting.join()}`)
  const loaded = loadState<JourneyState>(state, JOURNEY_OWNER)
  if (loaded.kind !== 'loaded' || loaded.payload.watermark_ms !== LAST_MS) found.push(`the state is ${loaded.kind}`)
  return found
}

function idsIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder).flatMap((name) => parseSpoolName(name)?.id ?? [])
}
