import { chmodSync, chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { startServer, type TestServer } from '../delivery/server.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { type Device, deviceWith, failingHours } from './device.ts'
import { packaged } from './packaged.ts'
import { canRun } from './runtime.ts'
import { canMount, remount, TMPFS_HINT, withTmpfs } from './tmpfs.ts'

const HOST = hostTarget() ?? 'linux-x64'
/** Somebody without an entry in /etc/passwd, since root may do everything. */
const USER = 12_345
const COUNT = 5

let well: string

beforeAll(async () => {
  well = await packaged(HOST, { model: null })
})

/** A folder that everybody can look into. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-test-'))
  chmodSync(folder, 0o755)
  return folder
}

/** Leaves so many anomalies in the spool, and a server that would take them. */
async function leaveWaiting(device: Device, server: TestServer): Promise<void> {
  server.behave = () => ({ kind: 'answer', status: 401 })
  const run = await device.run(failingHours(COUNT, openFolder()))
  expect([run.code, run.stderr]).toEqual([0, ''])
  expect(device.waiting()).toHaveLength(COUNT)
  server.behave = () => ({ kind: 'work' })
}

async function expectAllOnce(device: Device, server: TestServer, count: number): Promise<void> {
  const mended = await device.run(failingHours(count, openFolder()))
  expect([mended.code, mended.stderr]).toEqual([0, ''])
  expect(device.waiting()).toEqual([])
  expect(new Set(server.keys()).size).toBe(count)
  expect(server.keys()).toHaveLength(count)
}

/** One line that names the place, the system's reason and the mend. */
function denial(place: string, reason: RegExp): RegExp {
  return new RegExp(`^[^\\n]*${place.replaceAll('.', '\\.')}[^\\n]*: (?:${reason.source})[^\\n]*; [^\\n]*\\n$`)
}

const EACCES = /cannot [^\n(]*\(EACCES/

describe.runIf(canRun(HOST) && requireOrSkip(process.geteuid?.() === 0 && hasPrograms('setpriv'), 'run as root'))(
  'a user whom something is denied',
  () => {
    /** A device of that user's, everything around it readable. */
    async function ownDevice(server: TestServer): Promise<Device> {
      const state = openFolder()
      chownSync(state, USER, USER)
      const under = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups']
      const device = deviceWith(well, { base_url: server.url }, { state, under, folder: openFolder() })
      await leaveWaiting(device, server)
      return device
    }

    test.for([
      ['', 78, /the state belongs to user root, and this run is user #12345/],
      ['lock', 73, EACCES],
      ['state.json', 73, EACCES],
      ['unsent_anomalies', 73, EACCES],
      ['results', 73, EACCES],
    ] as const)(
      'because %o in the state directory is of root gets %i and one line with the mend, and sends nothing',
      async ([name, code, reason]) => {
        const server = await startServer({ ignoresKeys: true })
        const device = await ownDevice(server)
        const asked = server.seen.length
        const place = join(device.state, name)
        chownSync(place, 0, 0)
        if (name !== '') chmodSync(place, 0o700)
        for (const outcome of [await device.run(failingHours(COUNT + 1, openFolder())), await device.flush()]) {
          expect([outcome.code, outcome.stdout, outcome.stderr]).toEqual([code, '', expect.stringMatching(denial(place, reason))])
          // One mend, and not that of a step around the one that failed.
          expect(outcome.stderr.split('; ')).toHaveLength(2)
        }
        expect(server.seen).toHaveLength(asked)
        chownSync(place, USER, USER)
        await expectAllOnce(device, server, COUNT + 1)
      },
    )

    test('because the spool takes no new file gets 73, and flush sends nothing of which it could take no note, and says so thrice', async () => {
      const server = await startServer({ ignoresKeys: true })
      const device = await ownDevice(server)
      const asked = server.seen.length
      const spool = join(device.state, 'unsent_anomalies')
      chmodSync(spool, 0o500)
      const flushed = await device.flush()
      expect([flushed.code, flushed.stdout]).toEqual([
        0,
        expect.stringContaining('0 delivered, 5 wait in the spool: the disk refused their files, as the log says'),
      ])
      expect(flushed.stderr.match(/^error: .*: cannot note the attempt \(EACCES.*$/gm)).toHaveLength(3)
      const run = await device.run(failingHours(COUNT + 1, openFolder()))
      expect([run.code, run.stdout, run.stderr.trimEnd().split('\n').at(-1)]).toEqual([73, '', expect.stringMatching(EACCES)])
      expect(server.seen).toHaveLength(asked)
      chmodSync(spool, 0o700)
      await expectAllOnce(device, server, COUNT + 1)
    })

    test('because the state cannot be written, after everything was delivered, gets 73 and is told of both', async () => {
      const server = await startServer({ ignoresKeys: true })
      const device = await ownDevice(server)
      // The next delivery finds the API well, which is news for the state.
      server.behave = () => ({ kind: 'answer', status: 503 })
      await device.flush()
      server.behave = () => ({ kind: 'work' })
      chmodSync(device.state, 0o500)
      const flushed = await device.flush()
      expect([flushed.code, flushed.stdout, flushed.stderr]).toEqual([
        73,
        expect.stringContaining(': 5 delivered ('),
        expect.stringMatching(denial('state.', EACCES)),
      ])
      expect(device.waiting()).toEqual([])
      expect(server.keys()).toHaveLength(COUNT)
      chmodSync(device.state, 0o700)
    })

    test('because there is no place for the state gets 73 and one line', async () => {
      const server = await startServer()
      const nowhere = join(openFolder(), 'state')
      const under = ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups']
      const device = deviceWith(well, { base_url: server.url }, { state: nowhere, under, folder: openFolder() })
      const run = await device.run(failingHours(COUNT, openFolder()))
      expect([run.code, run.stdout, run.stderr]).toEqual([73, '', expect.stringMatching(denial(nowhere, EACCES))])
    })
  },
)

describe.runIf(canRun(HOST) && requireOrSkip(canMount(), TMPFS_HINT))('on a disk that has become read-only', () => {
  test('run and flush end with 73 and one line with the mend, and everything goes out once it can be written again', async () => {
    await withTmpfs('size=1m', async (disk) => {
      const server = await startServer({ ignoresKeys: true })
      const device = deviceWith(well, { base_url: server.url }, { state: disk })
      await leaveWaiting(device, server)
      const asked = server.seen.length
      remount(disk, 'ro')
      for (const outcome of [await device.run(failingHours(COUNT + 1)), await device.flush()]) {
        expect([outcome.code, outcome.stdout, outcome.stderr]).toEqual([
          73,
          '',
          expect.stringMatching(denial(disk, /cannot [^\n(]*\(EROFS/)),
        ])
      }
      expect(server.seen).toHaveLength(asked)
      remount(disk, 'rw')
      await expectAllOnce(device, server, COUNT + 1)
    })
  })
})
