import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { startServer, type TestServer } from '../delivery/server.ts'
import { requireOrSkip } from '../require.ts'
import { type Device, deviceWith, failingHours } from './device.ts'
import { packaged, scratch } from './packaged.ts'
import { canRun } from './runtime.ts'
import { canMount, fillUp, remount, TMPFS_HINT, takeInodes, withTmpfs } from './tmpfs.ts'

const HOST = hostTarget() ?? 'linux-x64'
const PAGE = 4096
/** What one failed call is told with: where, what and the mend, on one line. */
const NO_SPACE = /^[^\n]*: cannot [^\n]*\(ENOSPC: [^\n]*; free some space[^\n]*\n$/

let well: string
let withModel: string

/** Three anomalies in the spool and a state beside them: what a run leaves that has the wrong token. */
async function waitingOn(disk: string, server: TestServer): Promise<Device> {
  server.behave = () => ({ kind: 'answer', status: 401 })
  const device = deviceWith(well, { base_url: server.url }, { state: disk })
  await device.run(failingHours(3))
  expect(device.waiting()).toHaveLength(3)
  server.behave = () => ({ kind: 'work' })
  return device
}

function expectOnce(server: TestServer, count: number): void {
  expect(new Set(server.keys()).size).toBe(count)
  expect(server.keys()).toHaveLength(count)
}

describe.runIf(canRun(HOST) && requireOrSkip(canMount(), TMPFS_HINT))('on a disk that is full', () => {
  beforeAll(async () => {
    // The libraries of the model are forty times what these disks hold; the test that needs them has a larger one.
    well = await packaged(HOST, { model: null })
    withModel = await packaged(HOST)
  })

  test.for([
    ['bytes', 'size=128k', fillUp],
    ['inodes', 'size=1m,nr_inodes=24', takeInodes],
  ] as const)('with no %s free, flush delivers what waits, and a new anomaly has room again', async ([_, options, exhaust]) => {
    await withTmpfs(options, async (disk) => {
      const server = await startServer({ ignoresKeys: true })
      const device = await waitingOn(disk, server)
      exhaust(disk)
      const flushed = await device.flush()
      expect([flushed.code, flushed.stdout, flushed.stderr]).toEqual([0, expect.stringContaining('3 delivered'), ''])
      const next = await device.run(failingHours(4))
      expect([next.code, next.stdout, next.stderr]).toEqual([0, expect.stringContaining('1 found; 1 delivered'), ''])
      expectOnce(server, 4)
    })
  })

  test.for([
    ['bytes', 'size=128k', fillUp],
    ['inodes', 'size=1m,nr_inodes=24', takeInodes],
  ] as const)(
    'with no %s free, a run that finds more ends with 73, delivers what waited, and the next run the rest',
    async ([_, options, exhaust]) => {
      await withTmpfs(options, async (disk) => {
        const server = await startServer({ ignoresKeys: true })
        const device = await waitingOn(disk, server)
        exhaust(disk)
        const run = await device.run(failingHours(4))
        expect([run.code, run.stdout, run.stderr]).toEqual([73, '', expect.stringMatching(NO_SPACE)])
        expectOnce(server, 3)
        const next = await device.run(failingHours(4))
        expect([next.code, next.stdout, next.stderr]).toEqual([0, expect.stringContaining('1 found; 1 delivered'), ''])
        expectOnce(server, 4)
      })
    },
  )

  /** Runs on disks from the smallest on, until one is large enough; after each a run with room must bring everything. */
  async function growingDisk(optionsOf: (step: number) => string, enough: string, mostSteps: number): Promise<readonly string[]> {
    const ends: string[] = []
    for (let step = 0; step < mostSteps; step += 1) {
      const server = await startServer({ ignoresKeys: true })
      await withTmpfs(optionsOf(step), async (disk) => {
        const device = deviceWith(well, { base_url: server.url }, { state: disk })
        const input = failingHours(3)
        const run = await device.run(input)
        if (run.code === 73) expect(run.stderr, optionsOf(step)).toMatch(NO_SPACE)
        else expect(run.code, `${optionsOf(step)}: ${run.stderr}`).toBe(0)
        expect(server.keys()).toHaveLength(run.code === 0 ? 3 : 0)
        remount(disk, enough)
        const again = await device.run(input)
        expect([again.code, again.stderr], optionsOf(step)).toEqual([0, ''])
        expectOnce(server, 3)
        expect([...device.waiting(), ...device.rejected()]).toEqual([])
        ends.push(run.code === 0 ? 'done' : (/([^/\s]+): cannot (\w+)/.exec(run.stderr)?.slice(1, 3).join(' ') ?? ''))
      })
      if (ends.at(-3) === 'done') break
    }
    return ends
  }

  test('at each page less, a run ends with 73 and one line, and one with room brings everything once', async () => {
    const ends = await growingDisk((step) => `size=${(step + 1) * PAGE}`, 'size=1m', 30)
    expect(ends.slice(-3)).toEqual(['done', 'done', 'done'])
    // The disk was full at an anomaly, at the results and at the state, or this would prove little.
    expect(ends.join('\n')).toMatch(/_Failure_\w+\.json write[\s\S]*unfinished\.tmp write[\s\S]*state\.json write/)
  })

  test('at each inode less as well', async () => {
    const ends = await growingDisk((step) => `size=1m,nr_inodes=${step + 2}`, 'nr_inodes=100', 40)
    expect(ends.slice(-3)).toEqual(['done', 'done', 'done'])
    expect(new Set(ends).size).toBeGreaterThan(5)
  })

  test('that has too little room beside the native libraries, a run leaves it to the anomalies, and predicts once there is more', async () => {
    const state = join(scratch(), 'state')
    await deviceWith(withModel, {}, { state }).run(failingHours(1))
    const native = join(state, 'native')
    const libraries = readdirSync(native, { recursive: true, encoding: 'utf8' }).map((name) => statSync(join(native, name)))
    const bytes = libraries.reduce((sum, file) => sum + (file.isFile() ? file.size : 0), 0)
    rmSync(state, { recursive: true })
    await withTmpfs(`size=${bytes + 4 * PAGE}`, async (disk) => {
      const server = await startServer({ ignoresKeys: true })
      const device = deviceWith(withModel, { base_url: server.url }, { state: disk })
      const run = await device.run(failingHours(3))
      const reason = expect.stringMatching(/MiB free, and the libraries need .*; free some space/)
      expect([run.code, run.stdout, run.stderr]).toEqual([0, reason, reason])
      expectOnce(server, 3)
      remount(disk, 'size=100m')
      const next = await device.run(failingHours(4))
      expect([next.code, next.stdout, next.stderr]).toEqual([0, expect.stringContaining('1 delivered'), ''])
      expectOnce(server, 4)
    })
  })
})
