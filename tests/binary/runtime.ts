import { join } from 'node:path'
import { buildRuntime, type Runtime } from '../../build/runtime.ts'
import { hostTarget, type Target } from '../../build/targets.ts'
import { requireOrSkip } from '../require.ts'
import { type ProgramOptions, type ProgramOutcome, runProgram } from './program.ts'
import { canRunArm64, QEMU_HINT, runArm64 } from './qemu.ts'

/** The runtime with the device program in it, from the cache unless something changed. */
export async function runtimeFor(target: Target): Promise<Runtime> {
  return await buildRuntime(target, () => undefined)
}

/** The runtime with a program of the tests in it, named by its file in tests/binary/entries/. */
export async function runtimeWith(target: Target, entry: string): Promise<Runtime> {
  return await buildRuntime(target, () => undefined, { entry: join(import.meta.dirname, 'entries', entry) })
}

/** Whether executables for the target run on this machine, for `describe.runIf`. */
export function canRun(target: Target): boolean {
  if (target === 'linux-arm64') return requireOrSkip(canRunArm64(), QEMU_HINT)
  return requireOrSkip(hostTarget() === target, 'an x64 machine')
}

/** Runs an executable of the target, emulated where it must be. */
export async function runOn(target: Target, file: string, options: ProgramOptions = {}): Promise<ProgramOutcome> {
  return target === 'linux-arm64' ? await runArm64(file, options) : await runProgram(file, options)
}
