import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { createRandom } from '../../src/training/random.ts'
import { apiFor, reporting, type Stored } from './api.ts'
import { fileIn, packaged, scratch, WELL_1 } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const KILLS = 50
const SEED = 20_240_601

/** What the API must hold, whatever happened on the way: ids, times and contents, but not the API's own numbers. */
function contents(stored: readonly Stored[]): string[] {
  return stored.map(({ timestamp, description, metadata }) => `${metadata.idempotencyKey} ${timestamp} ${description}`)
}

/** The worst three days of the degrading pump: an anomaly an hour. */
function failingBatch(): string {
  const [header = '', ...rows] = readFileSync(WELL_1.degrading, 'utf8').trimEnd().split('\n')
  return fileIn(scratch(), 'failing.csv', `${[header, ...rows.slice(-72)].join('\n')}\n`)
}

test.runIf(canRun(HOST))(
  `after SIGKILL at ${KILLS} random moments and one more run, the API has exactly the anomalies of an undisturbed run`,
  async () => {
    const well = await packaged(HOST)
    const input = failingBatch()
    const undisturbed = await apiFor()
    const reference = reporting(undisturbed, scratch())
    const startedMs = performance.now()
    await runProgram(well, { args: [input, ...reference.args], env: reference.env })
    // How long a run takes; follows the machine, which other tests keep busy.
    let spanMs = (performance.now() - startedMs) * 1.5
    const expected = contents(await undisturbed.anomalies())
    await undisturbed.close()
    expect(expected.length).toBeGreaterThan(20)

    /** Kills a run of its own at a random moment, runs it again, and tells how many anomalies the API had at the kill. */
    async function kill(share: number): Promise<number> {
      const api = await apiFor()
      const { args, env } = reporting(api, scratch())
      const child = spawn(well, [input, ...args], { env, stdio: 'ignore' })
      const ended = once(child, 'exit')
      const first = await Promise.race([sleep(share * spanMs, 'kill'), ended])
      child.kill('SIGKILL')
      await ended
      const before = (await api.anomalies()).length
      if (first !== 'kill') spanMs *= 0.9
      else if (before === 0 && share > 0.5) spanMs *= 1.2
      const again = await runProgram(well, { args: [input, ...args], env })
      expect(again.code, again.stderr).toBe(0)
      expect(contents(await api.anomalies())).toEqual(expected)
      await api.close()
      return before
    }

    const random = createRandom(SEED)
    const shares = Array.from({ length: KILLS }, () => random.uniform())
    const lane = async (parity: number): Promise<number[]> => {
      const counts: number[] = []
      for (const [index, share] of shares.entries()) if (index % 2 === parity) counts.push(await kill(share))
      return counts
    }
    const partial = (await Promise.all([lane(0), lane(1)])).flat()
    // The kills must have met runs at different points, or this test would prove nothing.
    expect(new Set(partial).size, `anomalies at the kill: ${partial.join(' ')}`).toBeGreaterThan(3)
    expect(partial.some((count) => count < expected.length)).toBe(true)
  },
  600_000,
)
