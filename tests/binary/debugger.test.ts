import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { quickFolder } from '../state/folder.ts'
import { packaged } from './packaged.ts'
import { canRun } from './runtime.ts'
import { siteIn } from './site.ts'
import { csvOf, WORSENING } from './worsening.ts'

const HOST = hostTarget() ?? 'linux-x64'
/** Node needs some 10 ms from the signal to the debugger's address on stderr. */
const LONG_ENOUGH_MS = 500

test.runIf(canRun(HOST))('SIGUSR1 neither opens a debugger nor ends a run', async () => {
  const site = await siteIn(quickFolder())
  const { args, env } = site.given(WORSENING)
  const child = spawn(await packaged(HOST), ['-', ...args.slice(1)], { env, stdio: ['pipe', 'ignore', 'pipe'] })
  const ended = Promise.all([once(child, 'close'), text(child.stderr)])
  // It is at work, and waits for readings.
  while (!existsSync(join(site.state, 'lock')) && child.exitCode === null) await delay(10)
  child.kill('SIGUSR1')
  await delay(LONG_ENOUGH_MS)
  child.stdin.end(csvOf(WORSENING))
  const [[code], stderr] = await ended
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(await site.delivered()).not.toEqual([])
  await site.close()
})
