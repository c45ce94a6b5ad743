import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Cache, cached } from '../../build/cache.ts'
import { runProgram } from '../binary/program.ts'

let directory: string
let cache: Cache

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'pump-monitor-cache-'))
  cache = { directory, log: () => undefined }
})

afterEach(() => rmSync(directory, { recursive: true }))

/** A step that counts how often it is done. */
function counting() {
  const step = {
    done: 0,
    make: async (folder: string) => {
      step.done += 1
      writeFileSync(join(folder, 'made'), 'whole')
    },
  }
  return step
}

const unfinished = () => readdirSync(directory).filter((name) => name.startsWith('unfinished'))

test('what is made once is not made again, and is made anew when anything that it depends on differs', async () => {
  const step = counting()
  const first = await cached(cache, 'thing', { version: 1, level: 9 }, step.make)
  expect(await cached(cache, 'thing', { level: 9, version: 1 }, step.make)).toBe(first)
  expect(step.done).toBe(1)
  expect(readFileSync(join(first, 'made'), 'utf8')).toBe('whole')
  expect(await cached(cache, 'thing', { version: 2, level: 9 }, step.make)).not.toBe(first)
  expect(await cached(cache, 'other', { version: 1, level: 9 }, step.make)).not.toBe(first)
  expect(step.done).toBe(3)
})

test('a step that fails leaves nothing, and is done again', async () => {
  const step = counting()
  const failing = async (folder: string) => {
    writeFileSync(join(folder, 'made'), 'half')
    throw new Error('the disk is full')
  }
  await expect(cached(cache, 'thing', { version: 1 }, failing)).rejects.toThrow('the disk is full')
  expect(unfinished()).toEqual([])
  const folder = await cached(cache, 'thing', { version: 1 }, step.make)
  expect(readFileSync(join(folder, 'made'), 'utf8')).toBe('whole')
})

test('ten builds of one thing at once do it once', async () => {
  const step = counting()
  const folders = await Promise.all(Array.from({ length: 10 }, () => cached(cache, 'thing', { version: 1 }, step.make)))
  expect(new Set(folders).size).toBe(1)
  expect(step.done).toBe(1)
})

test('three processes that build one thing at once do it once, and each finds it whole', async () => {
  const program = `
    import { appendFileSync, writeFileSync } from 'node:fs'
    import { setTimeout } from 'node:timers/promises'
    import { cached } from '${join(import.meta.dirname, '..', '..', 'build', 'cache.ts')}'
    const cache = { directory: '${directory}', log: () => undefined }
    const folder = await cached(cache, 'thing', { version: 1 }, async (unfinished) => {
      appendFileSync('${directory}/done', 'once ')
      writeFileSync(unfinished + '/made', 'half')
      await setTimeout(300)
      writeFileSync(unfinished + '/made', 'whole')
    })
    console.log(folder)`
  const args = ['--input-type=module', '--eval', program]
  const outcomes = await Promise.all([1, 2, 3].map(() => runProgram(process.execPath, { args })))
  expect(outcomes.map(({ code, stderr }) => ({ code, stderr }))).toEqual(Array(3).fill({ code: 0, stderr: '' }))
  expect(new Set(outcomes.map(({ stdout }) => stdout)).size).toBe(1)
  expect(readFileSync(join(directory, 'done'), 'utf8')).toBe('once ')
  expect(readFileSync(join(outcomes[0]?.stdout.trim() ?? '', 'made'), 'utf8')).toBe('whole')
})

test('a build that was killed holds up nobody, and what it left is cleared away', async () => {
  const program = `
    import { cached } from '${join(import.meta.dirname, '..', '..', 'build', 'cache.ts')}'
    const cache = { directory: '${directory}', log: () => undefined }
    await cached(cache, 'thing', { version: 1 }, async () => process.kill(process.pid, 'SIGKILL'))`
  expect(await runProgram(process.execPath, { args: ['--input-type=module', '--eval', program] })).toMatchObject({
    signal: 'SIGKILL',
  })
  expect(unfinished()).toEqual(['unfinished-thing'])
  const step = counting()
  await cached(cache, 'thing', { version: 2 }, step.make)
  expect(step.done).toBe(1)
  expect(unfinished()).toEqual([])
})

test('of old things the newest four stay, and whatever was used within an hour', async () => {
  const step = counting()
  const before = new Date(Date.now() - 2 * 3_600_000)
  for (let version = 1; version <= 6; version++) {
    const folder = await cached(cache, 'thing', { version }, step.make)
    if (version !== 2) utimesSync(folder, before, before)
  }
  await cached(cache, 'thing', { version: 7 }, step.make)
  expect(readdirSync(join(directory, 'thing'))).toHaveLength(4)
  await cached(cache, 'thing', { version: 2 }, step.make)
  expect(step.done).toBe(7)
})
