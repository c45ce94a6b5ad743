import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { startServer } from '../delivery/server.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import type { Kept } from './kept.ts'
import { packaged, scratch } from './packaged.ts'
import { type ProgramOptions, type ProgramOutcome, runProgram } from './program.ts'
import { canRun } from './runtime.ts'
import { siteIn, withoutKeys } from './site.ts'
import { HEALTHY_ROWS, WORSENING } from './worsening.ts'

const HOST = hostTarget() ?? 'linux-x64'
/** Half an hour after the last row. */
const RIGHT = '2024-08-02 06:30:00'
/** From run to run, each with a few more rows. */
const CLOCKS = [RIGHT, '1970-01-01 00:00:05', '2024-08-02 05:30:00', '2025-08-02 06:30:00', '2038-01-19 03:14:09', RIGHT]
const ROWS_EACH = 2
/** When the device was switched off, thirteen days before; a clock without a battery goes on from there. */
const STALE = '2024-07-20 06:30:00'
const FROM_THE_FUTURE = /^(warn: [^\n]* is more than a day after this device's clock\n)+$/

const worksHere = hasPrograms('faketime') && spawnSync('faketime', ['-f', '@1970-01-01 00:00:05', 'date']).status === 0

/** Runs the executable under another clock. */
async function runAt(clock: string, program: string, { args = [], env }: ProgramOptions): Promise<ProgramOutcome> {
  // Timers go by the monotonic clock, which no mistake of the wall clock touches.
  const faked = { ...env, PATH: process.env['PATH'] ?? '', TZ: 'UTC', FAKETIME_DONT_FAKE_MONOTONIC: '1' }
  return await runProgram('faketime', { args: ['-f', `@${clock}`, program, ...args], env: faked })
}

describe.runIf(canRun(HOST) && requireOrSkip(worksHere, 'apt-get install faketime'))('under a clock that is wrong', () => {
  let well = ''
  let expected: { readonly delivered: readonly string[]; readonly kept: Kept }

  beforeAll(async () => {
    well = await packaged(HOST)
    const site = await siteIn(scratch())
    await runAt(RIGHT, well, site.given(WORSENING))
    expected = { delivered: await site.delivered(), kept: site.kept() }
    await site.close()
  })

  test.for([
    { api: 'answers', away: [] },
    { api: 'is away every other run, and asks for a century of rest', away: [0, 2, 4] },
  ] as { api: string; away: readonly number[] }[])(
    'that jumps from run to run everything is judged and delivered once when the API $api',
    async ({ away }) => {
      const server = await startServer({ ignoresKeys: true })
      const site = await siteIn(quickFolder(), withoutKeys(server))
      for (const [run, clock] of CLOCKS.entries()) {
        server.behave = () =>
          away.includes(run) ? { kind: 'answer', status: 503, headers: { 'retry-after': '3155760000' } } : { kind: 'work' }
        const last = run === CLOCKS.length - 1
        const rows = WORSENING.slice(0, last ? WORSENING.length : HEALTHY_ROWS + (run + 1) * ROWS_EACH)
        const { code, stderr } = await runAt(clock, well, site.given(rows))
        expect({ clock, code, stderr }).toEqual({ clock, code: 0, stderr: '' })
        const due = expected.delivered.slice(0, rows.length - HEALTHY_ROWS)
        if (!away.includes(run)) expect(await site.delivered(), clock).toEqual(due)
      }
      expect(site.kept()).toEqual(expected.kept)
    },
  )

  test('rows that are from the future only by that clock are named, and judged when it is right again', async () => {
    const site = await siteIn(quickFolder())
    const behind = await runAt(STALE, well, site.given(WORSENING))
    expect([behind.code, behind.stdout, behind.stderr]).toEqual([
      0,
      expect.stringContaining('from the future'),
      expect.stringMatching(FROM_THE_FUTURE),
    ])
    expect(await site.delivered()).toEqual([])
    const right = await runAt(RIGHT, well, site.given(WORSENING))
    expect([right.code, right.stderr]).toEqual([0, ''])
    expect(await site.delivered()).toEqual(expected.delivered)
    expect(site.kept()).toEqual(expected.kept)
    await site.close()
  })

  test('a file with such rows stays in its inbox until they have been judged', async () => {
    const folder = quickFolder()
    const site = await siteIn(folder)
    const { args, env } = site.given(WORSENING)
    const inbox = join(folder, 'inbox')
    mkdirSync(inbox)
    copyFileSync(site.input, join(inbox, 'a.csv'))
    utimesSync(join(inbox, 'a.csv'), 0, 0)
    const options = { args: [inbox, ...args.slice(1)], env }
    const behind = await runAt(STALE, well, options)
    expect([behind.code, behind.stderr]).toEqual([0, expect.stringMatching(/a\.csv: stays in the inbox/)])
    expect(readdirSync(inbox)).toEqual(['a.csv'])
    const right = await runAt(RIGHT, well, options)
    expect([right.code, right.stderr]).toEqual([0, ''])
    expect(await site.delivered()).toEqual(expected.delivered)
    expect(site.kept()).toEqual(expected.kept)
    expect(existsSync(join(inbox, 'processed', 'a.csv'))).toBe(true)
    await site.close()
  })

  test.for([
    { clock: RIGHT, says: 'right' },
    { clock: '1970-01-01 00:00:05', says: 'at 1970' },
  ])('a row stamped 2038 is named and costs no other row when the clock is $says', async ({ clock }) => {
    const site = await siteIn(quickFolder())
    const strange = (WORSENING.at(-1) ?? '').replace(/^[^,]*/, '01/19/2038 03:14')
    const rows = WORSENING.toSpliced(HEALTHY_ROWS + 5, 0, strange)
    for (const count of [HEALTHY_ROWS + 8, rows.length]) {
      const { code, stdout, stderr } = await runAt(clock, well, site.given(rows.slice(0, count)))
      expect([code, stderr]).toEqual([0, expect.stringMatching(/^warn: [^\n]*"01\/19\/2038 03:14" is [^\n]*\n$/)])
      expect(stdout).not.toContain('late')
    }
    const { code } = await runAt(RIGHT, well, site.given(rows))
    expect(code).toBe(0)
    expect(await site.delivered()).toEqual(expected.delivered)
    expect(site.kept()).toEqual(expected.kept)
    await site.close()
  })
})
