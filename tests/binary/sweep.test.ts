import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import {
  ALL_CALLS,
  byPath,
  describeFault,
  errorsOf,
  type Fault,
  isLasting,
  isNetworkCall,
  killsOf,
  type Target,
} from '../harness/sweep.ts'
import { type TracedCall, type Tracing, trace } from '../harness/trace.ts'
import { hasPrograms, REQUIRE_ALL, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { disturb } from './disturbance.ts'
import { leftBy } from './left.ts'
import { packaged } from './packaged.ts'
import { canRun } from './runtime.ts'
import { BEGINNINGS, type Beginning, openTrial } from './trial.ts'

/** `FAULTS=1 npm test -- tests/binary/sweep.test.ts` takes every fault (an hour), the default a part of them. */
const STEP = Number(process.env['FAULTS'] ?? (process.env[REQUIRE_ALL] === '1' ? 60 : 200))
const TRACING: Tracing = { samePid: true, bytes: 300 }
const HOST = hostTarget() ?? 'linux-x64'
/** Of the hundreds of writes of ONNX Runtime's libraries, which are alike, one in so many is disturbed. */
const ALIKE = 50

const canTrace =
  hasPrograms('strace', 'unshare') && spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0

describe.runIf(canRun(HOST) && requireOrSkip(canTrace, 'as root: apt-get install strace util-linux'))('the executable', () => {
  const timeout = 7_200_000
  test.for(BEGINNINGS)('$name: killed at any step that lasts, then run again', { timeout }, async (beginning) => {
    await sweep(beginning, { ...TRACING, signals: true }, (targets) => killsOf(targets.filter(({ call }) => isLasting(call))))
  })
  test.for(BEGINNINGS)('$name: with an error at any call of its own, then run again', { timeout }, async (beginning) => {
    await sweep(beginning, TRACING, errorsOf)
  })
})

/** Nothing may be lost, doubled or left lying about: not at the API, not in the results, not in the state directory. */
async function sweep(beginning: Beginning, tracing: Tracing, faultsOf: (targets: readonly Target[]) => readonly Fault[]) {
  const trial = await openTrial(await packaged(HOST), quickFolder(), beginning)
  const survey = async (withLibraries?: boolean) => {
    const server = await trial.begin(withLibraries)
    const { exitCode, stderr, calls } = await trace(trial.command(server), ALL_CALLS, tracing)
    expect([exitCode, stderr]).toEqual([0, ''])
    return { left: leftBy(trial.state, server), targets: ownTargets(calls, trial.folder) }
  }
  const { left: expected, targets: whole } = await survey()
  expect([expected.stored.length, expected.results.length]).toEqual([beginning.taken, 3])
  const { targets: quiet } = await survey(true)
  const targets = [...whole.filter(({ path }) => path !== null), ...quiet.filter(({ path }) => path === null)]
  const names = new Set(targets.map(({ call }) => call.name))
  for (const name of ['openat', 'read', 'write', 'fsync', 'rename', 'unlink', 'mkdir', 'close', 'connect', 'mmap'])
    expect(names).toContain(name)
  const faults = faultsOf(targets).filter((_, index) => index % STEP === 0)
  const problems: string[] = []
  const missed: string[] = []
  for (const fault of faults) {
    const disturbed = await disturb(fault, trial, tracing, expected)
    problems.push(...disturbed.problems)
    if (!disturbed.hit) missed.push(describeFault(fault))
  }
  process.stdout.write(
    `${beginning.name}: ${targets.length} calls, ${faults.length} faults, ${missed.length} missed, ${problems.length} problems\n`,
  )
  expect(problems).toEqual([])
  // Nearly every fault must have met its call.
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(1 + faults.length / 50)
}

/** The calls on the trial's own paths, the executable and the network, from where the program opens itself: our first line. */
function ownTargets(calls: readonly TracedCall[], folder: string): readonly Target[] {
  const self = '/proc/self/exe'
  const opened = calls.findIndex(({ name, text }) => name === 'openat' && text.includes(`"${self}"`))
  const first = calls.findLastIndex(({ name }, index) => name === 'readlink' && index < opened)
  const program = /<([^>]*)>$/.exec(calls[opened]?.text ?? '')?.[1]
  const isOwn = (path: string) => path.startsWith(folder) || path === program || path === self
  let alike = 0
  return byPath(calls).filter(({ call, path }, index) => {
    if (index < first || !(path === null ? isNetworkCall(call) : isOwn(path))) return false
    if (call.name !== 'write' || path?.includes('libonnxruntime') !== true) return true
    alike += 1
    return alike % ALIKE === 1
  })
}
