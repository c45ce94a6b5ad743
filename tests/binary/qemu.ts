import { canRunHere, commandFor, QEMU_HINT } from '../../build/emulation.ts'
import { type ProgramOptions, type ProgramOutcome, runProgram } from './program.ts'

export { QEMU_HINT }

/** Whether this machine can run arm64 executables, by itself or emulated. */
export function canRunArm64(): boolean {
  return canRunHere('linux-arm64')
}

export interface Arm64Options extends ProgramOptions {
  /** A processor that qemu knows, `cortex-a53` or `cortex-a72` say; ignored on an arm64 machine. */
  readonly cpu?: string
}

/** Runs an arm64 executable to its end; seven to ten times slower than the device would, and memory figures mean nothing. */
export async function runArm64(file: string, { args = [], cpu, ...options }: Arm64Options = {}): Promise<ProgramOutcome> {
  const [program, ...rest] = commandFor('linux-arm64', file, args, cpu)
  return await runProgram(program, { args: rest, ...options })
}
