import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import type { ResultRecord } from '../../src/edge/result.ts'
import { createRandom } from '../../src/training/random.ts'
import { fileIn, HEADER, packaged, scratch } from './packaged.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const START_MS = Date.UTC(2024, 0, 1, 7)

/** Synthetic readings, a minute apart. */
const ROWS = Array.from({ length: 12_000 }, (_, minute) => {
  const random = createRandom(minute + 1)
  const [date = '', time = ''] = new Date(START_MS + minute * 60_000).toISOString().split('T')
  const [year, month, day] = date.split('-')
  const near = (value: number) => (value * (1 + 0.02 * (random.uniform() - 0.5))).toFixed(2)
  return `${month}/${day}/${year} ${time.slice(0, 5)},Well 1,${near(260)},${near(76.5)},${near(2.7)},${near(20.4)},${near(57.5)},1795`
})
const csv = (rows: readonly string[]) => `${[HEADER, ...rows].join('\n')}\n`
const read = (file: string) => JSON.parse(readFileSync(file, 'utf8')) as ResultRecord[]

/** Names of the threads of a process; none when it is gone. */
function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((task) => readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim())
  } catch {
    return []
  }
}

describe.runIf(canRun(HOST))('a run of more than a thousand readings', () => {
  test('asks its model in a thread of its own and says the same as short runs', async () => {
    const program = await packaged(HOST)
    const folder = scratch()
    const [whole, part] = [join(folder, 'whole.json'), join(folder, 'part.json')]
    const input = fileIn(folder, 'whole.csv', csv(ROWS))
    const run = spawn(program, [input, whole, '--state-dir', join(folder, 'one'), '--log-level', 'info'])
    let said = ''
    run.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    const ended = once(run, 'close')
    const threads = new Set<string>()
    while (run.exitCode === null) {
      for (const name of threadsOf(run.pid ?? -1)) threads.add(name)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    await ended
    expect(run.exitCode).toBe(0)
    expect(said).not.toContain('thread of its own')
    expect([...threads]).toContain('WorkerThread')

    const inParts: ResultRecord[] = []
    for (let start = 0; start < ROWS.length; start += 600) {
      const some = fileIn(folder, 'part.csv', csv(ROWS.slice(start, start + 600)))
      expect(spawnSync(program, [some, part, '--state-dir', join(folder, 'two')]).status).toBe(0)
      inParts.push(...read(part))
    }
    const results = read(whole)
    expect(results).toHaveLength(ROWS.length)
    expect(results.filter(({ prediction }) => prediction !== null).length).toBeGreaterThan(ROWS.length - 200)
    expect(inParts).toEqual(results)
    expect(readFileSync(join(folder, 'one', 'state.json'), 'utf8')).toBe(readFileSync(join(folder, 'two', 'state.json'), 'utf8'))
  })

  test('that cannot write its results ends as it should, also while the model is at work', async () => {
    const folder = scratch()
    const input = fileIn(folder, 'whole.csv', csv(ROWS))
    const args = [input, '/dev/full', '--state-dir', join(folder, 'state')]
    const { status, signal, stderr } = spawnSync(await packaged(HOST), args, { encoding: 'utf8' })
    expect({ status, signal }).toEqual({ status: 73, signal: null })
    expect(stderr).toContain('/dev/full')
  })
})
