import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { quickFolder } from '../state/folder.ts'
import { packaged } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'
import { siteIn } from './site.ts'
import { csvOf, HEALTHY_ROWS, WORSENING } from './worsening.ts'

const HOST = hostTarget() ?? 'linux-x64'
const STARTS = 60
const ONE_LINE = /^[^\n]*another run holds the lock[^\n]*\n$/

describe.runIf(canRun(HOST))('runs that overlap', () => {
  test(`are one run: of ${STARTS} starts one works, the others end with 75 and one line, and everything is delivered once`, async () => {
    const folder = quickFolder()
    const well = await packaged(HOST)
    const undisturbed = await siteIn(join(folder, 'undisturbed'))
    await runProgram(well, undisturbed.given(WORSENING))
    const site = await siteIn(join(folder, 'overlapping'))
    const [, ...options] = site.given(WORSENING).args
    const { env } = site.given(WORSENING)
    // Readings from a pipe keep the one that works at work until all others have ended.
    const runs = Array.from({ length: STARTS }, () => {
      const child = spawn(well, ['-', ...options], { env, stdio: ['pipe', 'ignore', 'pipe'] })
      child.stdin.on('error', () => undefined)
      const ended = Promise.all([once(child, 'close'), text(child.stderr)])
      return { child, ended: ended.then(([[code], stderr]) => ({ code: code as number | null, stderr })) }
    })
    const others: { code: number | null; stderr: string }[] = []
    await new Promise<void>((resolve) => {
      for (const { ended } of runs) void ended.then((end) => others.push(end) === STARTS - 1 && resolve())
    })
    expect(others.map(({ code }) => code)).toEqual(others.map(() => 75))
    expect(others.map(({ stderr }) => stderr)).toEqual(others.map(() => expect.stringMatching(ONE_LINE)))
    for (const { child } of runs) child.stdin.end(csvOf(WORSENING))
    const ends = await Promise.all(runs.map(({ ended }) => ended))
    expect(ends.filter(({ code }) => code !== 75)).toEqual([{ code: 0, stderr: '' }])
    const again = await runProgram(well, site.given(WORSENING))
    expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('nothing new to judge')])
    expect(await site.delivered()).toEqual(await undisturbed.delivered())
    expect(site.kept()).toEqual(undisturbed.kept())
    await Promise.all([undisturbed.close(), site.close()])
  })

  test('two at once, again and again on a file that grows, deliver everything once', async () => {
    const folder = quickFolder()
    const well = await packaged(HOST)
    const [pairs, single] = await Promise.all(['pairs', 'single'].map((name) => siteIn(join(folder, name))))
    if (pairs === undefined || single === undefined) throw new Error('there are two sites')
    for (let rows = HEALTHY_ROWS; rows <= WORSENING.length; rows += 4) {
      const options = pairs.given(WORSENING.slice(0, rows))
      const ends = await Promise.all([runProgram(well, options), runProgram(well, options)])
      for (const { code, stderr } of ends) {
        expect({ rows, code, stderr }).toEqual({
          rows,
          code: code === 75 ? 75 : 0,
          stderr: code === 75 ? expect.stringMatching(ONE_LINE) : '',
        })
      }
      expect(ends.map(({ code }) => code)).toContain(0)
      await runProgram(well, single.given(WORSENING.slice(0, rows)))
      expect(await pairs.delivered(), `${rows} rows`).toEqual(await single.delivered())
    }
    expect(pairs.kept()).toEqual(single.kept())
    await Promise.all([pairs.close(), single.close()])
  })
})
