import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadState } from '../../src/state/state-file.ts'
import { aRecord, idOf } from '../delivery/records.ts'
import { startServer } from '../delivery/server.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { finish } from './finished-run.ts'
import { JOURNEY_OWNER } from './journey.ts'
import { buildJourney, writeBatch } from './program.ts'

const CLOCKS = [
  '1970-01-01 00:00:05',
  '2025-07-15 12:00:00',
  '2025-07-15 11:00:00',
  '2026-07-15 12:00:00',
  '2038-01-19 03:14:09',
  '2025-07-15 12:00:01',
]
const RECORDS = CLOCKS.map((_, n) => aRecord(n, 'Critical'))
const worksHere =
  hasPrograms('faketime') && spawnSync('faketime', ['-f', '@1970-01-01 00:00:05', process.execPath, '-e', '0']).status === 0

describe.runIf(requireOrSkip(worksHere, 'apt-get install faketime'))('a device whose clock jumps from run to run', () => {
  test.for([
    { api: 'answers', trouble: [] },
    { api: 'is away every other run', trouble: [0, 2, 4] },
  ])('delivers everything once when the API $api', async ({ trouble }) => {
    const folder = quickFolder()
    const state = join(folder, 'state')
    const program = buildJourney(folder)
    const server = await startServer({ ignoresKeys: true })
    for (const [run, clock] of CLOCKS.entries()) {
      const batch = writeBatch(folder, RECORDS.slice(0, run + 1))
      server.behave = () =>
        trouble.includes(run as never)
          ? { kind: 'answer', status: 503, headers: { 'retry-after': '3155760000' } }
          : { kind: 'work' }
      // Timers go by the monotonic clock, which no mistake of the wall clock touches.
      const faked = ['env', 'JOURNEY_FORCE=no', 'FAKETIME_DONT_FAKE_MONOTONIC=1', 'faketime', '-f', `@${clock}`]
      const { exitCode, stderr } = await finish([...faked, process.execPath, program, state, batch, server.url])
      expect({ clock, exitCode, stderr }).toEqual({ clock, exitCode: 0, stderr: '' })
    }
    expect([...server.keys()].sort()).toEqual(CLOCKS.map((_, n) => idOf(n)))
    expect(loadState(state, JOURNEY_OWNER)).toMatchObject({ kind: 'loaded' })
  })
})
