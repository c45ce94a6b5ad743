import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { createRandom, type Random } from '../../src/training/random.ts'
import { startServer } from '../delivery/server.ts'
import { quickFolder } from '../state/folder.ts'
import { AFTER_AN_END } from './kept.ts'
import { packaged } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'
import { siteIn, withoutKeys } from './site.ts'
import { BAD_ROWS, WORSENING } from './worsening.ts'

const HOST = hostTarget() ?? 'linux-x64'
/** `KILLS=300 vitest run tests/binary/kill.test.ts` for the whole proof. */
const KILLS = Number(process.env['KILLS'] ?? 25)
const SEED = 20_240_601
/** Every so many kills meet a device that has yet to extract its native libraries; that takes longer than all the rest. */
const NEW_DEVICE = 10

/** When a kill comes: after a share of the time that a run takes, or when the API has read a request, stored by then or not. */
type Moment = { readonly share: number } | { readonly request: number; readonly stored: boolean }

function momentOf(random: Random): Moment {
  if (random.uniform() < 0.5) return { share: random.uniform() }
  return { request: random.integer(BAD_ROWS), stored: random.uniform() < 0.5 }
}

test.runIf(canRun(HOST))(
  'after SIGKILL at any time and one more run, state, results and an API that ignores keys hold what an undisturbed run leaves',
  async () => {
    const well = await packaged(HOST)
    const folder = quickFolder()
    const undisturbed = await siteIn(join(folder, 'undisturbed'))
    await runProgram(well, undisturbed.given(WORSENING))
    const startedMs = performance.now()
    await runProgram(well, { args: ['info', '--state-dir', undisturbed.state] })
    const bootMs = performance.now() - startedMs
    const expected = await undisturbed.delivered()
    const reference = undisturbed.kept()
    await undisturbed.close()
    expect([expected.length, reference.readings.length]).toEqual([BAD_ROWS, WORSENING.length])
    expect(reference.readings.filter(({ prediction }) => prediction !== null).length).toBeGreaterThan(0)
    /** Until when kills come; follows the machine, which other tests keep busy. */
    const span = { new: bootMs * 8, other: bootMs * 4 }

    /** Kills a run of a device of its own, runs it again, and tells how many anomalies the API had at the kill. */
    async function kill(moment: Moment, name: string, kind: keyof typeof span): Promise<number> {
      const home = join(folder, name)
      if (kind === 'other') cpSync(join(undisturbed.state, 'native'), join(home, 'state', 'native'), { recursive: true })
      const server = await startServer({ ignoresKeys: true })
      const site = await siteIn(home, withoutKeys(server))
      const options = site.given(WORSENING)
      const child = spawn(well, options.args, { env: options.env, stdio: 'ignore' })
      const ended = once(child, 'exit')
      if ('share' in moment) await Promise.race([sleep(bootMs / 2 + moment.share * span[kind]), ended])
      else {
        server.behave = (number) => {
          if (number < moment.request) return { kind: 'work' }
          child.kill('SIGKILL')
          return { kind: 'cut', stored: number === moment.request && moment.stored }
        }
        await ended
      }
      child.kill('SIGKILL')
      const [, signal] = await ended
      const before = server.stored.length
      server.behave = () => ({ kind: 'work' })
      if (signal === null) span[kind] *= 0.9
      else if (before === 0 && 'share' in moment && moment.share > 0.5) span[kind] *= 1.2
      const { code, stderr } = await runProgram(well, options)
      expect({ name, code, stderr }).toEqual({ name, code: 0, stderr: expect.stringMatching(AFTER_AN_END) })
      expect(await site.delivered(), name).toEqual(expected)
      expect(site.kept(), name).toEqual(reference)
      await site.close()
      rmSync(home, { recursive: true })
      return before
    }

    const random = createRandom(SEED)
    const moments = Array.from({ length: KILLS }, () => momentOf(random))
    const lane = async (parity: number): Promise<number[]> => {
      const counts: number[] = []
      for (const [index, moment] of moments.entries()) {
        if (index % 2 === parity) counts.push(await kill(moment, `kill-${index}`, index % NEW_DEVICE === 0 ? 'new' : 'other'))
      }
      return counts
    }
    const partial = (await Promise.all([lane(0), lane(1)])).flat()
    // The kills must have met runs at different points, or this test would prove nothing.
    expect(new Set(partial).size, `anomalies at the kill: ${partial.join(' ')}`).toBeGreaterThan(3)
    expect(partial.filter((count) => count < expected.length).length).toBeGreaterThan(KILLS / 2)
  },
  3_600_000,
)
