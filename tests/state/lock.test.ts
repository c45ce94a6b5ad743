import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { acquireLock } from '../../src/state/lock.ts'
import { testFolder } from './folder.ts'

const LOCK = new URL('../../src/state/lock.ts', import.meta.url).href
const NO_WAIT = { waitMs: 0, sleep }

/** Another process that holds the lock of a folder. */
async function holder(folder: string) {
  const program = `import { acquireLock } from ${JSON.stringify(LOCK)}
    await acquireLock(${JSON.stringify(folder)}, { waitMs: 0, sleep: async () => {} })
    console.log('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('only one process holds the lock, and the other one learns it as exit code 75', async () => {
  const folder = testFolder()
  await holder(folder)
  await expect(acquireLock(folder, NO_WAIT)).rejects.toMatchObject({
    exitCode: 75,
    message: expect.stringContaining('another run holds the lock'),
  })
})

test('SIGKILL of the holder frees the lock', async () => {
  const folder = testFolder()
  const child = await holder(folder)
  child.kill('SIGKILL')
  await once(child, 'close')
  const lock = await acquireLock(folder, NO_WAIT)
  await expect(acquireLock(folder, NO_WAIT)).rejects.toMatchObject({ exitCode: 75 })
  lock.release()
})

test('who waits gets the lock as soon as the holder ends', async () => {
  const folder = testFolder()
  const child = await holder(folder)
  const waiting = acquireLock(folder, { waitMs: 30_000, sleep })
  child.kill('SIGKILL')
  const lock = await waiting
  await expect(acquireLock(folder, NO_WAIT)).rejects.toMatchObject({ exitCode: 75 })
  lock.release()
})

test('who waited in vain learns for how long', async () => {
  const folder = testFolder()
  await holder(folder)
  const naps: number[] = []
  const failed = acquireLock(folder, { waitMs: 30_000, sleep: async (ms) => void naps.push(ms) })
  await expect(failed).rejects.toMatchObject({ exitCode: 75, message: expect.stringContaining('for 30 s') })
  expect(naps.reduce((sum, ms) => sum + ms, 0)).toBe(30_000)
})

test('a released lock can be taken again, and leaves one empty file', async () => {
  const folder = testFolder()
  for (let round = 0; round < 3; round += 1) {
    const lock = await acquireLock(folder, NO_WAIT)
    expect(readdirSync(folder)).toEqual(['lock'])
    lock.release()
  }
})

test('a damaged lock file is emptied, not fatal', async () => {
  const folder = testFolder()
  writeFileSync(join(folder, 'lock'), 'garbage '.repeat(1000))
  const lock = await acquireLock(folder, NO_WAIT)
  await expect(acquireLock(folder, NO_WAIT)).rejects.toMatchObject({ exitCode: 75 })
  lock.release()
})

test('where no lock can be made, the exit code is 73', async () => {
  const folder = testFolder()
  mkdirSync(join(folder, 'lock'))
  await expect(acquireLock(folder, NO_WAIT)).rejects.toMatchObject({ exitCode: 73 })
  await expect(acquireLock(join(folder, 'missing'), NO_WAIT)).rejects.toMatchObject({ exitCode: 73 })
})

test('of 60 overlapping starts exactly one works', async () => {
  const folder = testFolder()
  const program = `import { acquireLock } from ${JSON.stringify(LOCK)}
    process.stdin.once('data', async () => {
      const held = await acquireLock(${JSON.stringify(folder)}, { waitMs: 0, sleep: async () => {} }).then(() => true, (error) => error.exitCode)
      console.log('result ' + held)
    })
    console.log('ready')`
  const children = Array.from({ length: 60 }, () => {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '--eval', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const result = new Promise<string>((resolve) => {
      child.stdout.on('data', (chunk: Buffer) => {
        const text = /result (\w+)/.exec(String(chunk))?.[1]
        if (text !== undefined) resolve(text)
      })
    })
    return { child, result, ready: once(child.stdout, 'data') }
  })
  await Promise.all(children.map(({ ready }) => ready))
  for (const { child } of children) child.stdin.write('go\n')
  const results = await Promise.all(children.map(({ result }) => result))
  expect(results.filter((result) => result === 'true')).toHaveLength(1)
  expect(results.filter((result) => result === '75')).toHaveLength(59)
}, 120_000)
