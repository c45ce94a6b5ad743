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

describe.runIf(canRun(HOST) && requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))('a run that is killed', () => {
  test.for([
    { when: 'when its state is in place', path: '', call: 'fsync', nth: 1, delivered: 0 },
    { when: 'when its results say what has arrived', path: 'results', call: 'fsync', nth: 3, delivered: BAD_ROWS },
    { when: 'at the unlock', path: 'lock', call: 'close', nth: 2, delivered: BAD_ROWS },
  ])('$when leaves its results, and the next one delivers what it found once', async ({ path, call, nth, delivered }) => {
    const folder = quickFolder()
    const well = await packaged(HOST)
    const undisturbed = await goneBad(well, join(folder, 'undisturbed'))
    await runProgram(well, undisturbed.given(WORSENING))
    const site = await goneBad(well, join(folder, 'killed'))
    const options = site.given(WORSENING)
    const inject = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=SIGKILL:when=${nth}`]
    const strace = ['-f', '-o', '/dev/null', '-P', join(site.state, path), ...inject, well]
    const env = { ...options.env, PATH: process.env['PATH'] ?? '' }
    const killed = await runProgram('strace', { args: [...strace, ...options.args], env })
    expect([killed.signal, (await site.delivered()).length]).toEqual(['SIGKILL', delivered])
    expect(site.kept()).toEqual(undisturbed.kept())
    const { code, stdout, stderr } = await runProgram(well, options)
    expect([code, stdout, stderr]).toEqual([0, expect.stringContaining('nothing new to judge'), ''])
    expect(await site.delivered()).toEqual(await undisturbed.delivered())
    expect(site.kept()).toEqual(undisturbed.kept())
    await Promise.all([undisturbed.close(), site.close()])
  })
})
