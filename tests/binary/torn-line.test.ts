import { appendFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { quickFolder } from '../state/folder.ts'
import { packaged } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'
import { siteIn } from './site.ts'
import { csvOf, WORSENING } from './worsening.ts'

const HOST = hostTarget() ?? 'linux-x64'

/** Keeps a file from looking finished, however long the machine takes to run something. */
async function stillWritten<T>(file: string, run: () => Promise<T>): Promise<T> {
  const touching = setInterval(() => utimesSync(file, new Date(), new Date()), 500)
  try {
    return await run()
  } finally {
    clearInterval(touching)
  }
}

describe.runIf(canRun(HOST))('a last line that the logger has not finished', () => {
  // After the timestamp, within a number that would be another one, and with all but its line end.
  test.for([{ cut: 16 }, { cut: 30 }, { cut: 40 }, { cut: Number.POSITIVE_INFINITY }])(
    'waits for the next run, which judges it whole: cut after $cut characters',
    async ({ cut }) => {
      const folder = quickFolder()
      const well = await packaged(HOST)
      const undisturbed = await siteIn(join(folder, 'undisturbed'))
      await runProgram(well, undisturbed.given(WORSENING))
      const site = await siteIn(join(folder, 'torn'))
      const whole = WORSENING.slice(0, -1)
      const last = WORSENING.at(-1) ?? ''
      const options = site.given(whole)
      appendFileSync(site.input, last.slice(0, cut))
      const first = await stillWritten(site.input, () => runProgram(well, options))
      expect([first.code, first.stdout, first.stderr]).toEqual([0, expect.stringContaining('1 unfinished'), ''])
      expect(first.stdout).toContain(`${whole.length} readings judged`)
      writeFileSync(site.input, csvOf(WORSENING))
      const second = await runProgram(well, options)
      expect([second.code, second.stdout, second.stderr]).toEqual([0, expect.stringContaining('1 reading judged'), ''])
      expect(await site.delivered()).toEqual(await undisturbed.delivered())
      expect(site.kept()).toEqual(undisturbed.kept())
      await Promise.all([undisturbed.close(), site.close()])
    },
  )

  test('is judged as it is when nothing has been written for ten seconds', async () => {
    const well = await packaged(HOST)
    const site = await siteIn(quickFolder())
    const options = site.given(WORSENING)
    writeFileSync(site.input, csvOf(WORSENING).trimEnd())
    const minuteAgo = Date.now() / 1000 - 60
    utimesSync(site.input, minuteAgo, minuteAgo)
    const { code, stdout } = await runProgram(well, options)
    expect([code, stdout]).toEqual([0, expect.stringContaining(`${WORSENING.length} readings judged`)])
    await site.close()
  })
})
