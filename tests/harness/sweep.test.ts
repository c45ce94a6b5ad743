import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadState } from '../../src/state/state-file.ts'
import { aRecord } from '../delivery/records.ts'
import { startServer } from '../delivery/server.ts'
import { hasPrograms, REQUIRE_ALL, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { finish } from './finished-run.ts'
import { JOURNEY_OWNER, type JourneyState } from './journey.ts'
import { buildJourney, writeBatch } from './program.ts'
import { type Fault, faultsOf, ownCalls, runWith, survey } from './sweep.ts'

/** `FAULTS=1` takes every fault (eight minutes), the default a part of them. */
const STEP = Number(process.env['FAULTS'] ?? (process.env[REQUIRE_ALL] === '1' ? 10 : 40))
const RECORDS = [aRecord(1, 'Critical'), aRecord(2, 'Warning'), aRecord(3, 'Failure')]
const LAST_MS = Date.parse(RECORDS[2]?.timestamp ?? '')
const KEYS = RECORDS.map(({ metadata }) => metadata.idempotencyKey).sort()

describe.runIf(requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))('a fault at every call of a run', () => {
  test('ends in a documented exit code and one line, and one undisturbed re-run has everything delivered once, even at an API that ignores keys', async () => {
    const folder = quickFolder()
    const state = join(folder, 'state')
    const program = buildJourney(folder)
    const batch = writeBatch(folder, RECORDS)
    const commandFor = (url: string) => [process.execPath, program, state, batch, url]
    const first = await startServer({ ignoresKeys: true })
    const calls = await survey(commandFor(first.url), [state])
    expect([...first.keys()].sort()).toEqual(KEYS)
    const names = new Set(calls.map(({ name }) => name))
    for (const name of ['openat', 'write', 'fsync', 'rename', 'unlink', 'mkdir', 'close', 'read', 'connect'])
      expect(names).toContain(name)
    const all = faultsOf(calls)
    const chosen = all.filter((_, index) => index % STEP === 0)
    const problems: string[] = []
    let hits = 0
    for (const fault of chosen) {
      rmSync(state, { recursive: true, force: true })
      const outcome = await faultAndRerun(fault, state, commandFor)
      problems.push(...outcome.problems)
      hits += outcome.hit ? 1 : 0
    }
    expect(problems).toEqual([])
    // Nearly every fault must have met its call.
    expect(hits / chosen.length).toBeGreaterThan(0.9)
  }, 3_600_000)
})

async function faultAndRerun(fault: Fault, state: string, commandFor: (url: string) => string[]) {
  const server = await startServer({ ignoresKeys: true })
  const faulted = await runWith(commandFor(server.url), fault)
  const killed = fault.inject.includes('SIGKILL')
  const found: string[] = []
  // The numbers of calls differ a little from run to run; a fault that met a call of Node's own proves nothing.
  const hit = killed
    ? faulted.signal === 'SIGKILL' || faulted.exitCode === 137
    : ownCalls(faulted, [state]).some(({ injected }) => injected)
  const lines = faulted.stderr.split('\n').length - 1
  // SQLite takes a file system that grants no lock for a lock that another holds.
  const codes = fault.call.name === 'fcntl' ? [0, 73, 75] : [0, 73]
  if (hit && !killed && !codes.includes(faulted.exitCode ?? -1)) found.push(`exit code ${faulted.exitCode}`)
  if (hit && lines !== (killed || faulted.exitCode === 0 ? 0 : 1))
    found.push(`exit code ${faulted.exitCode} with ${lines} lines: ${faulted.stderr}`)
  const again = await finish(commandFor(server.url))
  if (again.exitCode !== 0 || again.stderr !== '') found.push(`the re-run ends with ${again.exitCode}: ${again.stderr}`)
  const keys = [...server.keys()].sort()
  if (keys.join() !== KEYS.join()) found.push(`the API holds ${keys.join()}`)
  const loaded = loadState<JourneyState>(state, JOURNEY_OWNER)
  if (loaded.kind !== 'loaded' || loaded.payload.watermark_ms !== LAST_MS) found.push(`the state is ${loaded.kind}`)
  await server.close()
  const problems = found.map(
    (problem) => `${fault.inject} at ${fault.call.name}(${fault.call.text.slice(0, 200)}: ${problem}; ${faulted.stdout}`,
  )
  return { problems, hit }
}
