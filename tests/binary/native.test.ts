import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { requireOrSkip } from '../require.ts'
import { runProgram } from './program.ts'
import { stampSmall } from './pump.ts'
import { runtimeWith } from './runtime.ts'
import { canMount, remount, TMPFS_HINT, withTmpfs } from './tmpfs.ts'

const host = hostTarget()
const isRoot = process.geteuid?.() === 0

interface Outcome {
  readonly pump: string
  readonly reason?: string
  readonly predictions?: readonly { readonly class: string }[]
}

let folder: string
let well: string
let state: string
let native: string
let count = 0

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-native-'))
  if (host !== null) well = await stampSmall(await runtimeWith(host, 'predict.ts'), join(folder, 'well1'))
})

afterAll(() => rmSync(folder, { recursive: true }))

beforeEach(() => {
  count += 1
  state = join(folder, `state-${count}`)
  native = join(state, 'native')
  mkdirSync(state)
})

/** Runs the executable to its end, which must be a good one. */
async function predict(directory = state): Promise<Outcome> {
  const outcome = await runProgram(well, { args: [directory, '1,0,0'] })
  expect(outcome).toMatchObject({ code: 0, stderr: '' })
  return JSON.parse(outcome.stdout) as Outcome
}

const worn = { pump: 'Well 1', predictions: [{ class: 'worn' }] }

function extracted(): string {
  const name = readdirSync(native).find((entry) => /^[0-9a-f]{64}$/.test(entry))
  if (name === undefined) throw new Error('nothing was extracted')
  return join(native, name)
}

const library = () => join(extracted(), 'libonnxruntime.so.1')
const binding = () => join(extracted(), 'onnxruntime_binding.node')

/** Overwrites the middle of a file with zeros; its size stays. */
function damage(file: string, from: number, length: number): void {
  const fd = openSync(file, 'r+')
  writeSync(fd, Buffer.alloc(length), 0, length, from)
  closeSync(fd)
}

const modesIn = (directory: string) =>
  readdirSync(directory).map((name) => `${name} ${(statSync(join(directory, name)).mode & 0o777).toString(8)}`)

describe.runIf(requireOrSkip(host !== null, 'a Linux machine, x64 or arm64'))('the native libraries', () => {
  test('are extracted at the first run, for this user alone, and not again', async () => {
    expect(await predict()).toMatchObject(worn)
    expect(readdirSync(native)).toHaveLength(1)
    expect(modesIn(native).join()).toMatch(/^[0-9a-f]{64} 700$/)
    expect(modesIn(extracted())).toEqual(['complete 600', 'libonnxruntime.so.1 600', 'onnxruntime_binding.node 600'])
    const before = [library(), binding()].map((file) => statSync(file))
    expect(await predict()).toMatchObject(worn)
    const after = [library(), binding()].map((file) => statSync(file))
    expect(after.map(({ ino, mtimeMs }) => ({ ino, mtimeMs }))).toEqual(before.map(({ ino, mtimeMs }) => ({ ino, mtimeMs })))
  })

  test('are extracted anew where they were cut short or are missing', async () => {
    await predict()
    truncateSync(library(), 1_000_000)
    expect(await predict()).toMatchObject(worn)
    rmSync(binding())
    expect(await predict()).toMatchObject(worn)
  })

  test('are extracted anew where they are links or what others may write to', async () => {
    await predict()
    renameSync(library(), join(state, 'elsewhere'))
    symlinkSync(join(state, 'elsewhere'), library())
    expect(await predict()).toMatchObject(worn)
    expect(lstatSync(library()).isFile()).toBe(true)
    chmodSync(library(), 0o666)
    damage(library(), 2_000_000, 100)
    expect(await predict()).toMatchObject(worn)
    chmodSync(native, 0o777)
    damage(binding(), 100_000, 100)
    expect(await predict()).toMatchObject(worn)
    expect((statSync(native).mode & 0o777).toString(8)).toBe('700')
  })

  test('that fail to load are compared with the executable and extracted anew in the same run', async () => {
    await predict()
    damage(binding(), 0, 64)
    expect(await predict()).toMatchObject(worn)
    damage(library(), 0, 64)
    expect(await predict()).toMatchObject(worn)
  })

  test('that end the program while they are loaded are extracted anew by the next run', async () => {
    await predict()
    // The code itself, all of it: the first call into it ends the process without an exception.
    damage(library(), 4_000_000, 16_000_000)
    const died = await runProgram(well, { args: [state, '1,0,0'] })
    expect(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGTRAP', 'SIGABRT']).toContain(died.signal)
    expect(existsSync(join(native, 'loading'))).toBe(true)
    expect(await predict()).toMatchObject(worn)
    expect(existsSync(join(native, 'loading'))).toBe(false)
  })

  test('that end the program three times in a row are given up until somebody removes the mark that the reason names', async () => {
    for (let death = 1; death <= 3; death++) {
      expect(await runProgram(well, { args: [state, 'die'] })).toMatchObject({ signal: 'SIGKILL' })
    }
    const reason = 'ONNX Runtime ended the program 3 times in a row while it was loaded; run doctor to have it tried again'
    expect((await predict()).reason).toBe(reason)
    expect((await predict()).reason).toBe(reason)
    rmSync(join(native, 'loading'))
    expect(await predict()).toMatchObject(worn)
  })

  test('are not given up for deaths that were not in a row, or of another version', async () => {
    for (const then of ['die', 'die', '1,0,0', 'die', 'die', '1,0,0']) await runProgram(well, { args: [state, then] })
    expect(await predict()).toMatchObject(worn)
    writeFileSync(join(native, 'loading'), JSON.stringify({ id: 'another version', attempts: 3 }))
    expect(await predict()).toMatchObject(worn)
  })

  test('are tried again after a mark that a power cut left empty', async () => {
    await predict()
    writeFileSync(join(native, 'loading'), '')
    expect(await predict()).toMatchObject(worn)
    expect(readdirSync(native)).toHaveLength(1)
  })

  test('are whole after the run that extracted them was killed, whenever that was, and nothing else is left', async () => {
    for (const afterMs of [60, 100, 140, 180, 220, 260, 300, 400]) {
      rmSync(native, { recursive: true, force: true })
      const child = spawn(well, [state, '1,0,0'], { stdio: 'ignore' })
      await setTimeout(afterMs)
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      expect(await predict(), `killed after ${afterMs} ms`).toMatchObject(worn)
      expect(readdirSync(native)).toHaveLength(1)
      expect(readdirSync(extracted())).toEqual(['complete', 'libonnxruntime.so.1', 'onnxruntime_binding.node'])
    }
  })

  test('of older versions are removed', async () => {
    const older = join(native, 'a'.repeat(64))
    mkdirSync(older, { recursive: true })
    writeFileSync(join(older, 'libonnxruntime.so.1'), 'old')
    expect(await predict()).toMatchObject(worn)
    expect(existsSync(older)).toBe(false)
  })

  test.runIf(requireOrSkip(isRoot, 'run as root'))('are not loaded from a folder of another user', async () => {
    await predict()
    chownSync(extracted(), 12_345, 12_345)
    expect((await predict()).reason).toMatch(/^ONNX Runtime cannot be loaded: .*belongs to another user \(uid 12345\)/)
  })
})

describe.runIf(host !== null && requireOrSkip(canMount(), TMPFS_HINT))(
  'without native libraries the run goes on and says why',
  () => {
    test('on a disk that is too small, leaving its room to the anomalies', async () => {
      await withTmpfs('size=4m', async (disk) => {
        expect((await predict(disk)).reason).toMatch(
          /^ONNX Runtime cannot be loaded: .*native: has 4\.0 MiB free, and the libraries need \d+\.\d with what .*; free some space/,
        )
        expect(readdirSync(join(disk, 'native')).flatMap((name) => readdirSync(join(disk, 'native', name)))).toEqual([])
      })
    })

    test('on a file system that allows no programs', async () => {
      await withTmpfs('size=100m,noexec', async (disk) => {
        expect((await predict(disk)).reason).toMatch(
          /failed to map segment.*does not allow programs to run \(noexec\): choose another --state-dir$/,
        )
        expect(existsSync(join(disk, 'native', 'loading'))).toBe(false)
      })
    })

    test('on a file system that is read-only, before and after they were extracted', async () => {
      await withTmpfs('size=100m', async (disk) => {
        remount(disk, 'ro')
        expect((await predict(disk)).reason).toMatch(/^ONNX Runtime cannot be loaded: .*EROFS/)
        remount(disk, 'rw')
        expect(await predict(disk)).toMatchObject(worn)
        remount(disk, 'ro')
        expect((await predict(disk)).reason).toMatch(/^ONNX Runtime cannot be loaded: .*EROFS/)
      })
    })
  },
)

test('a state directory that is a file is a reason, not an error', async () => {
  const file = join(state, 'file')
  writeFileSync(file, 'a file')
  expect((await predict(file)).reason).toMatch(/^ONNX Runtime cannot be loaded: .*ENOTDIR/)
  expect(readFileSync(file, 'utf8')).toBe('a file')
})
