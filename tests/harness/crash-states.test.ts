import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'
import { reasonOf } from '../../src/failure.ts'
import { aRecord } from '../delivery/records.ts'
import { startServer } from '../delivery/server.ts'
import { simulateApi } from '../delivery/world.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { type CrashState, crashStates } from './crash-states.ts'
import { type Operation, operationsOf } from './file-operations.ts'
import { journey } from './journey.ts'
import { buildJourney, writeBatch } from './program.ts'
import { FILE_CALLS, SOCKET_CALLS, trace } from './trace.ts'

const RECORDS = [aRecord(1, 'Critical'), aRecord(2, 'Warning'), aRecord(3, 'Failure')]
const KEYS = RECORDS.map(({ metadata }) => metadata.idempotencyKey).sort()

describe.runIf(requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))('a power cut at any moment of a run', () => {
  test('leaves no state of the disk from which a re-run does not end with everything delivered, once', {
    timeout: 600_000,
  }, async () => {
    const { before, operations } = await aFirstRun()
    expect(operations.filter(({ kind }) => kind === 'post')).toHaveLength(3)
    const { states, violations } = await recoverAll(operations, before)
    expect(violations).toEqual([])
    // Our own output is 57: enough to see that the enumeration enumerates.
    expect(states).toBeGreaterThan(40)
  })

  test('nor does a run that finds waiting anomalies and a state', { timeout: 600_000 }, async () => {
    const { before, operations } = await aLaterRun()
    expect([...before.keys()].filter((path) => path.startsWith('unsent_anomalies/'))).toHaveLength(2)
    const { states, violations } = await recoverAll(operations, before)
    expect(violations).toEqual([])
    expect(states).toBeGreaterThan(40)
  })

  test('a run that finds what a killed run spooled syncs the folder before it goes on', { timeout: 60_000 }, async () => {
    const folder = quickFolder()
    const state = join(folder, 'state')
    await journey(state, RECORDS, null, () => undefined)
    for (const name of readdirSync(state)) if (name.startsWith('state')) rmSync(join(state, name))
    const { operations } = await traceOneRun(folder, state)
    const place = (wanted: Operation['kind'], path: RegExp) =>
      operations.findIndex((operation) => operation.kind === wanted && 'path' in operation && path.test(operation.path))
    expect(place('create', /unsent/)).toBe(-1)
    expect(place('sync', /^unsent_anomalies$/)).toBeGreaterThan(-1)
    expect(place('create', /^\.state/)).toBeGreaterThan(place('sync', /^unsent_anomalies$/))
  })

  test.for([
    { without: 'the fsync of directories', missing: ({ path }: Sync) => !path.endsWith('.tmp') },
    { without: 'the fsync of files', missing: ({ path }: Sync) => path.endsWith('.tmp') },
    { without: 'any fsync', missing: () => true },
  ])('without $without the same enumeration finds losses', { timeout: 600_000 }, async ({ missing }) => {
    const { before, operations } = await aFirstRun()
    const fewer = operations.filter((operation) => !(operation.kind === 'sync' && missing(operation)))
    const { violations } = await recoverAll(fewer, before, 3000)
    expect(violations.length).toBeGreaterThan(0)
  })
})

type Sync = Extract<Operation, { kind: 'sync' }>
type Disk = ReadonlyMap<string, Buffer | null>

function aFirstRun() {
  const folder = quickFolder()
  const state = join(folder, 'state')
  mkdirSync(state, { mode: 0o700 })
  return traceOneRun(folder, state)
}

async function aLaterRun() {
  const folder = quickFolder()
  const state = join(folder, 'state')
  // Two anomalies were found while the API was away.
  await journey(state, RECORDS.slice(0, 2), null, () => undefined)
  return traceOneRun(folder, state)
}

async function traceOneRun(folder: string, state: string): Promise<{ before: Disk; operations: readonly Operation[] }> {
  const before = new Map<string, Buffer | null>()
  for (const entry of readdirSync(state, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name)
    before.set(relative(state, path), entry.isDirectory() ? null : readFileSync(path))
  }
  const server = await startServer()
  const command = [process.execPath, buildJourney(folder), state, writeBatch(folder, RECORDS), server.url]
  const { calls } = await trace(command, [...FILE_CALLS, ...SOCKET_CALLS])
  expect(server.keys()).toHaveLength(3)
  const ours = calls.filter(({ thread }) => thread === 0)
  return { before, operations: operationsOf(ours, state, before.keys()) }
}

async function recoverAll(operations: readonly Operation[], before: Disk, most = Number.POSITIVE_INFINITY) {
  const violations: string[] = []
  let states = 0
  for (const state of crashStates(operations, before)) {
    if (states >= most || violations.length > 20) break
    states += 1
    // A request that had left may have been stored or, but for those whose removal shows an answer, not.
    const answered = answeredBefore(operations.slice(0, state.after))
    for (const posted of new Set([state.posted.join(), answered.join()])) {
      const problem = await recover(state, posted === '' ? [] : posted.split(','))
      if (problem !== null) violations.push(`after operation ${state.after}, API ${posted}: ${problem}`)
    }
  }
  return { states, violations }
}

function answeredBefore(operations: readonly Operation[]): string[] {
  return operations.flatMap((operation) =>
    operation.kind === 'unlink' ? KEYS.filter((key) => operation.path.includes(`${key}.try`)) : [],
  )
}

/** Runs the same command again on what the disk holds, against an API that would store twice what comes twice. */
async function recover(state: CrashState, posted: readonly string[]): Promise<string | null> {
  const folder = quickDisk(state)
  const world = simulateApi(true)
  const { api } = world.connect(() => 'work')
  for (const record of RECORDS) {
    const key = record.metadata.idempotencyKey
    if (posted.includes(key)) await api.post(JSON.stringify(record), key, { limitMs: 1000, signal: new AbortController().signal })
  }
  const said: string[] = []
  try {
    await journey(folder, RECORDS, api, (line) => said.push(line))
  } catch (error) {
    return reasonOf(error)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  const note = said.find((line) => line.startsWith('note fresh'))
  if (note !== undefined) return note
  const held = [...world.stored].sort().join()
  return held === KEYS.join() ? null : `the API holds ${held}; ${said.join('; ')}`
}

/** The disk as a folder that a program can start on. */
function quickDisk({ files, folders }: CrashState): string {
  const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pump-monitor-crash-'))
  for (const folder of [...folders].sort()) mkdirSync(join(root, folder), { recursive: true, mode: 0o700 })
  for (const [path, data] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), data)
  }
  return root
}
