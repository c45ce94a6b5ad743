import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { acquireLock } from '../../src/state/lock.ts'
import { loadState, saveState } from '../../src/state/state-file.ts'
import { canMount, fillUp, remount, TMPFS_HINT, takeInodes, withTmpfs } from '../binary/tmpfs.ts'
import { requireOrSkip } from '../require.ts'
import { aRecord, idOf } from './records.ts'
import { startServer } from './server.ts'
import { aClient, aSpool, send } from './spools.ts'

const OWNER = { siteId: 12, pumpId: 1 }

describe.runIf(requireOrSkip(canMount(), TMPFS_HINT))('on a disk that is full', () => {
  test('at zero bytes free, delivery works and frees the space that the next anomaly needs', async () => {
    await withTmpfs('size=128k', async (disk) => {
      const server = await startServer()
      const { spool, open } = aSpool(
        [1, 2, 3].map((n) => aRecord(n)),
        1e9,
        disk,
      )
      fillUp(disk)
      expect(() => spool.add(aRecord(4))).toThrow(
        expect.objectContaining({ exitCode: 73, message: expect.stringMatching(/ENOSPC.*free some space/) }),
      )
      expect(readdirSync(join(disk, 'unsent_anomalies'))).toHaveLength(3)
      const lock = await acquireLock(disk, { waitMs: 0, sleep: async () => undefined })
      const report = await send(open(), aClient(server.url))
      lock.release()
      expect(report).toMatchObject({ acknowledged: [1, 2, 3].map(idOf), waiting: 0 })
      open().add(aRecord(4))
      expect(await send(open(), aClient(server.url))).toMatchObject({ acknowledged: [idOf(4)], waiting: 0 })
      expect(server.keys()).toEqual([1, 2, 3, 4].map(idOf))
    })
  })

  test('at zero inodes free as well', async () => {
    await withTmpfs('size=1m,nr_inodes=16', async (disk) => {
      const server = await startServer()
      const { spool, open } = aSpool(
        [1, 2].map((n) => aRecord(n)),
        1e9,
        disk,
      )
      ;(await acquireLock(disk, { waitMs: 0, sleep: async () => undefined })).release()
      takeInodes(disk)
      expect(() => spool.add(aRecord(3))).toThrow(
        expect.objectContaining({ exitCode: 73, message: expect.stringMatching(/ENOSPC.*inodes/) }),
      )
      const lock = await acquireLock(disk, { waitMs: 0, sleep: async () => undefined })
      expect(await send(open(), aClient(server.url))).toMatchObject({ waiting: 0, acknowledged: [1, 2].map(idOf) })
      lock.release()
      open().add(aRecord(3))
      expect(open().waiting()).toHaveLength(1)
    })
  })

  test('a state that cannot be written leaves the one before it whole', async () => {
    await withTmpfs('size=64k', async (disk) => {
      saveState(disk, OWNER, { run: 1 })
      fillUp(disk)
      expect(() => saveState(disk, OWNER, { run: 2, history: 'x'.repeat(10_000) })).toThrow(
        expect.objectContaining({ exitCode: 73 }),
      )
      expect(loadState(disk, OWNER)).toMatchObject({ kind: 'loaded', payload: { run: 1 } })
    })
  })

  test('on a disk that has become read-only nothing leaves, because it could not be kept from leaving again and again', async () => {
    await withTmpfs('size=1m', async (disk) => {
      const server = await startServer({ ignoresKeys: true })
      const { open, said } = aSpool([aRecord(1)], 1e9, disk)
      const spool = open()
      remount(disk, 'ro')
      const report = await send(spool, aClient(server.url))
      expect(report).toMatchObject({ acknowledged: [], waiting: 1, stopped: expect.stringContaining('disk') })
      expect(said.join('\n')).toContain('EROFS')
      expect(server.seen).toEqual([])
      remount(disk, 'rw')
      expect(await send(spool, aClient(server.url))).toMatchObject({ acknowledged: [idOf(1)], waiting: 0 })
    })
  })
})
