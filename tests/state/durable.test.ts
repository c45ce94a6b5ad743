import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OutputFailure } from '../../src/failure.ts'
import { createDurableFile, removeLeftovers, writeDurably } from '../../src/state/durable.ts'
import { testFolder } from './folder.ts'

test('a file is replaced whole and leaves nothing beside it', () => {
  const folder = testFolder()
  const path = join(folder, 'state.json')
  writeDurably(path, 'first')
  writeDurably(path, 'second')
  expect(readFileSync(path, 'utf8')).toBe('second')
  expect(readdirSync(folder)).toEqual(['state.json'])
})

test('what was written in many pieces arrives in order, more than one buffer of it', () => {
  const path = join(testFolder(), 'results.json')
  const lines = Array.from({ length: 20_000 }, (_, index) => `reading ${index}\n`)
  const file = createDurableFile(path)
  for (const line of lines) file.write(line)
  expect(existsSync(path)).toBe(false)
  file.commit()
  expect(readFileSync(path, 'utf8')).toBe(lines.join(''))
})

test('giving up leaves the old file as it was, and the folder clean', () => {
  const folder = testFolder()
  const path = join(folder, 'results.json')
  writeDurably(path, 'old')
  const file = createDurableFile(path)
  file.write('new')
  file.abort()
  expect(readFileSync(path, 'utf8')).toBe('old')
  expect(readdirSync(folder)).toEqual(['results.json'])
})

test('a new file has the mode that was asked for, an existing one keeps its own', () => {
  const folder = testFolder()
  writeDurably(join(folder, 'private'), '', { mode: 0o600 })
  expect(statSync(join(folder, 'private')).mode & 0o777).toBe(0o600)
  writeFileSync(join(folder, 'shared'), '')
  chmodSync(join(folder, 'shared'), 0o664)
  writeDurably(join(folder, 'shared'), 'new')
  expect(statSync(join(folder, 'shared')).mode & 0o777).toBe(0o664)
})

test('a link stays a link and the file that it leads to is written, also when that does not exist yet', () => {
  const folder = testFolder()
  mkdirSync(join(folder, 'real'))
  symlinkSync('real/target.json', join(folder, 'link.json'))
  writeDurably(join(folder, 'link.json'), 'one')
  writeDurably(join(folder, 'link.json'), 'two')
  expect(readFileSync(join(folder, 'real/target.json'), 'utf8')).toBe('two')
  expect(statSync(join(folder, 'real/target.json')).isFile()).toBe(true)
  expect(readdirSync(folder).sort()).toEqual(['link.json', 'real'])
})

test('links that lead in a circle are an output failure', () => {
  const folder = testFolder()
  symlinkSync('b', join(folder, 'a'))
  symlinkSync('a', join(folder, 'b'))
  expect(() => writeDurably(join(folder, 'a'), 'x')).toThrow(/links of that path lead in a circle/)
})

test('a device is written directly', () => {
  writeDurably('/dev/null', 'anything')
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})

test('a pipe is written directly and its reader gets every byte', async () => {
  const folder = testFolder()
  const pipe = join(folder, 'pipe')
  const text = 'x'.repeat(300_000)
  const reader = spawn('sh', ['-c', `mkfifo ${pipe} && echo ready && wc -c < ${pipe}`])
  const output: string[] = []
  const ready = once(reader.stdout, 'data')
  reader.stdout.on('data', (chunk) => output.push(String(chunk)))
  const ended = new Promise((resolve) => reader.on('close', resolve))
  await ready
  writeDurably(pipe, text)
  await ended
  expect(output.join('').trim().split('\n')).toEqual(['ready', '300000'])
})

test('a device that is full is exit code 73 with the place, the reason and the mend in one line', () => {
  const failure = failureOf(() => writeDurably('/dev/full', 'x'))
  expect(failure).toBeInstanceOf(OutputFailure)
  expect(failure).toMatchObject({ exitCode: 73 })
  expect(failure.message).toMatch(/^\/dev\/full: cannot write \(ENOSPC.*\); free some space/)
})

test.for([
  ['a folder that does not exist', 'missing/out.json', /create the directory first/],
  ['a folder in place of the file', '.', /name a file/],
] as const)('%s is exit code 73 with its own mend', ([_, name, mend]) => {
  const failure = failureOf(() => writeDurably(join(testFolder(), name), 'x'))
  expect(failure).toMatchObject({ exitCode: 73 })
  expect(failure.message).toMatch(mend)
})

test('what a dead process left beside the file is removed, what a living one works on is not', () => {
  const folder = testFolder()
  const dead = 4_194_304 + 1
  writeFileSync(join(folder, `.out.json.${dead}.tmp`), 'left')
  writeFileSync(join(folder, '.out.json.1.tmp'), 'at work')
  writeFileSync(join(folder, `.other.json.${dead}.tmp`), "another file's")
  writeDurably(join(folder, 'out.json'), 'x')
  expect(readdirSync(folder).sort()).toEqual(['.other.json.4194305.tmp', '.out.json.1.tmp', 'out.json'])
})

test('in a folder of our own every leftover goes', () => {
  const folder = testFolder()
  writeFileSync(join(folder, '.state.json.1.tmp'), 'left')
  writeFileSync(join(folder, 'state.json'), 'kept')
  removeLeftovers(folder)
  expect(readdirSync(folder)).toEqual(['state.json'])
})

function failureOf(step: () => void): Error {
  try {
    step()
  } catch (error) {
    if (error instanceof Error) return error
  }
  throw new Error('nothing was thrown')
}
