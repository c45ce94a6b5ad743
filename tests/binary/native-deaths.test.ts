import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import type { ResultRecord } from '../../src/edge/result.ts'
import { startServer } from '../delivery/server.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { deviceWith, failingHours } from './device.ts'
import { packaged, scratch } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'
import { canMount, TMPFS_HINT, withTmpfs } from './tmpfs.ts'

const HOST = hostTarget() ?? 'linux-x64'
/** Runs that may end while they load; the one after them goes on without the model. */
const DEATHS = 3

let well: string
/** Name of the folder under native/ that the executable extracts its libraries to. */
let id: string

/** The results of the run that was last. */
function lastResults(state: string): readonly ResultRecord[] {
  const name = readdirSync(join(state, 'results')).sort().at(-1) ?? ''
  return JSON.parse(readFileSync(join(state, 'results', name), 'utf8')) as ResultRecord[]
}

beforeAll(async () => {
  well = await packaged(HOST)
  const folder = scratch()
  await runProgram(well, { args: [failingHours(1), '--state-dir', folder, '--quiet'] })
  id = readdirSync(join(folder, 'native'))[0] ?? ''
  expect(id).toMatch(/^[0-9a-f]{64}$/)
})

describe.runIf(canRun(HOST) && requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))(
  'native libraries that end the program in every run',
  () => {
    test.for([
      ['SIGKILL', 'extracts them', 'fsync', '.'],
      ['SIGKILL', 'loads them', 'openat', 'libonnxruntime.so.1'],
      ['SIGSEGV', 'loads them', 'openat', 'libonnxruntime.so.1'],
      ['SIGSEGV', 'opens them', 'openat', 'onnxruntime_binding.node'],
    ] as const)(
      'by %s while it %s are given up after three runs; then the reports go out without the model, and say so',
      async ([signal, _, call, file]) => {
        const server = await startServer({ ignoresKeys: true })
        const state = join(scratch(), 'state')
        const at = ['-P', join(state, 'native', id, file), '-e', `trace=${call}`, '-e', `inject=${call}:signal=${signal}`]
        const device = deviceWith(
          well,
          { base_url: server.url },
          { state, under: ['strace', '-f', '-qq', '-o', '/dev/null', ...at] },
        )
        const input = failingHours(3)
        for (let death = 1; death <= DEATHS; death += 1) {
          const died = await device.run(input)
          expect(died.signal).toBe(signal)
          expect(died.stderr).toBe(
            death === 1
              ? ''
              : `warn: the last ${death === 2 ? 'run' : '2 runs'} ended while loading ONNX Runtime, which is tried again; after 3 in a row, runs go on without it\n`,
          )
        }
        expect(server.seen).toEqual([])
        for (const hours of [3, 4]) {
          const run = await device.run(failingHours(hours))
          const reason = 'ONNX Runtime ended the program 3 times in a row while it was loaded; run doctor to have it tried again'
          expect([run.code, run.stderr]).toEqual([0, `warn: no predictions: ${reason}; the tolerance check goes on\n`])
          expect(run.stdout).toContain(`predictions: 0 (the last reading has none: ${reason})`)
          expect(run.stdout).toMatch(hours === 3 ? /3 found; 3 delivered/ : /1 found; 1 delivered/)
          expect(lastResults(state).at(-1)).toMatchObject({ prediction: null, prediction_reason: reason, reported_to_api: true })
        }
        expect(new Set(server.keys()).size).toBe(4)
        expect(server.keys()).toHaveLength(4)
      },
    )

    test('end doctor only after it has said everything else', async () => {
      const server = await startServer()
      const state = join(scratch(), 'state')
      const at = ['-P', join(state, 'native', id, 'libonnxruntime.so.1'), '-e', 'inject=openat:signal=SIGSEGV']
      const under = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', 'trace=openat', ...at]
      const device = deviceWith(well, { base_url: server.url }, { state, under })
      const { signal, stdout } = await device.doctor()
      expect(signal).toBe('SIGSEGV')
      const checks = stdout.split('\n').map((line) => line.split(/ +/)[1])
      expect(checks).toEqual(expect.arrayContaining(['configuration', 'token', 'API', 'state', 'space', 'losses']))
    })
  },
)

describe.runIf(canRun(HOST) && requireOrSkip(canMount(), TMPFS_HINT))('on a file system that allows no programs', () => {
  test('the tolerance check goes on and reports; results and summary name the reason and the mend', async () => {
    await withTmpfs('size=100m,noexec', async (disk) => {
      const server = await startServer({ ignoresKeys: true })
      const device = deviceWith(well, { base_url: server.url }, { state: disk })
      const run = await device.run(failingHours(3))
      const reason = expect.stringMatching(/does not allow programs to run \(noexec\): choose another --state-dir/)
      expect([run.code, run.stdout, run.stderr]).toEqual([0, reason, reason])
      expect(run.stdout).toMatch(/3 found; 3 delivered/)
      expect(lastResults(disk).map((result) => [result.status, result.prediction_reason, result.reported_to_api])).toEqual([
        ['Warning', reason, true],
        ['Failure', reason, true],
        ['Failure', reason, true],
      ])
      expect(server.keys()).toHaveLength(3)
      expect(readdirSync(join(disk, 'native'))).not.toContain('loading')
    })
  })
})
