import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { loadState } from '../../src/state/state-file.ts'
import { aRecord, idOf } from '../delivery/records.ts'
import { startServer } from '../delivery/server.ts'
import { seeded } from '../delivery/world.ts'
import { quickFolder } from '../state/folder.ts'
import { finish, plainEnvironment } from './finished-run.ts'
import { JOURNEY_OWNER } from './journey.ts'
import { buildJourney, writeBatch } from './program.ts'

/** `KILLS=300 vitest run tests/harness/kill.test.ts` for the whole proof. */
const KILLS = Number(process.env['KILLS'] ?? 25)
const COUNT = 8

test('a run that is killed at any time, and killed again, leaves to the next exactly what is missing', {
  timeout: 600_000,
}, async () => {
  const folder = quickFolder()
  const program = buildJourney(folder)
  const batch = writeBatch(
    folder,
    Array.from({ length: COUNT }, (_, n) => aRecord(n, 'Critical')),
  )
  const random = seeded(KILLS)
  let killed = 0
  for (let n = 0; n < KILLS; n += 1) {
    const server = await startServer({ ignoresKeys: true })
    const state = join(folder, `state-${n}`)
    const command = [program, state, batch, server.url]
    for (let again = 0; again < 2; again += 1) {
      const child = spawn(process.execPath, command, { stdio: 'ignore', env: { ...plainEnvironment(), JOURNEY_PAUSE_MS: '2' } })
      const closed = once(child, 'close')
      await sleep(50 + random() * 120)
      child.kill('SIGKILL')
      const [, signal] = await closed
      killed += signal === 'SIGKILL' ? 1 : 0
    }
    const { exitCode, stderr } = await finish([process.execPath, ...command])
    expect({ n, exitCode, stderr }).toEqual({ n, exitCode: 0, stderr: '' })
    expect({ n, keys: [...server.keys()].sort() }).toEqual({
      n,
      keys: Array.from({ length: COUNT }, (_, number) => idOf(number)),
    })
    expect(loadState(state, JOURNEY_OWNER).kind).toBe('loaded')
    await server.close()
  }
  // Kills that come after the end prove nothing.
  expect(killed).toBeGreaterThan(KILLS / 2)
})
