import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { packaged } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'
import { type Site, siteIn } from './site.ts'
import { BAD_ROWS, HEALTHY_ROWS, WORSENING } from './worsening.ts'

const HOST = hostTarget() ?? 'linux-x64'

/** A device that was well when it was last asked; now it gets the rows that are not. */
async function goneBad(well: string, folder: string): Promise<Site> {
  const site = await siteIn(folder)
  await runProgram(well, site.given(WORSENING.slice(0, HEALTHY_ROWS)))
  return site
}

/** A call on a path in the state directory, and which one of its name there. */
interface Call {
  readonly path: string
  readonly call: string
  readonly nth: number
}

/** Runs the executable until that call, which the kill forestalls. */
async function killedAt({ path, call, nth }: Call, well: string, site: Site, rows: readonly string[]): Promise<void> {
  const { args, env } = site.given(rows)
  const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${nth}`]
  const strace = ['-f', '-o', '/dev/null', '-P', join(site.state, path), ...inject, well]
  const { signal } = await runProgram('strace', { args: [...strace, ...args], env })
  expect(signal).toBe('SIGKILL')
}

const STATE_IN_PLACE = { path: '', call: 'fsync', nth: 1 }
const RESULTS_NAMED = { path: 'results', call: 'fsync', nth: 2 }
const RESULTS_SAY_IT = { path: 'results', call: 'fsync', nth: 3 }
const UNLOCK = { path: 'lock', call: 'close', nth: 2 }

describe.runIf(canRun(HOST) && requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))('a run that is killed', () => {
  test.for([
    { when: 'when its state is in place', call: STATE_IN_PLACE, delivered: 0 },
    { when: 'when its results say what has arrived', call: RESULTS_SAY_IT, delivered: BAD_ROWS },
    { when: 'at the unlock', call: UNLOCK, delivered: BAD_ROWS },
  ])('$when leaves its results, and the next one delivers what it found once', async ({ call, delivered }) => {
    const folder = quickFolder()
    const well = await packaged(HOST)
    const undisturbed = await goneBad(well, join(folder, 'undisturbed'))
    await runProgram(well, undisturbed.given(WORSENING))
    const site = await goneBad(well, join(folder, 'killed'))
    await killedAt(call, well, site, WORSENING)
    expect(await site.delivered()).toHaveLength(delivered)
    expect(site.kept()).toEqual(undisturbed.kept())
    const { code, stdout, stderr } = await runProgram(well, site.given(WORSENING))
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('nothing new to judge'), ''])
    expect(await site.delivered()).toEqual(await undisturbed.delivered())
    expect(site.kept()).toEqual(undisturbed.kept())
    await Promise.all([undisturbed.close(), site.close()])
  })

  test('before its state, and again after it when the file has grown, leaves no reading in two files of results', async () => {
    const folder = quickFolder()
    const well = await packaged(HOST)
    const undisturbed = await goneBad(well, join(folder, 'undisturbed'))
    await runProgram(well, undisturbed.given(WORSENING))
    const site = await goneBad(well, join(folder, 'killed'))
    await killedAt(RESULTS_NAMED, well, site, WORSENING.slice(0, -4))
    await killedAt(STATE_IN_PLACE, well, site, WORSENING)
    const { code, stderr } = await runProgram(well, site.given(WORSENING))
    expect([code, stderr]).toEqual([0, ''])
    expect(await site.delivered()).toEqual(await undisturbed.delivered())
    expect(site.kept()).toEqual(undisturbed.kept())
    await Promise.all([undisturbed.close(), site.close()])
  })
})
