import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hasPrograms } from '../require.ts'
import { type ProgramOptions, type ProgramOutcome, runProgram } from './program.ts'

/** For `requireOrSkip`. */
export const QEMU_HINT = 'apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross (runs arm64 executables)'

const QEMU = 'qemu-aarch64-static'
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu/lib'

/** Whether this machine can run arm64 executables, by itself or emulated. */
export function canRunArm64(): boolean {
  return process.arch === 'arm64' || (hasPrograms(QEMU) && existsSync(join(ARM64_LIBRARIES, 'libstdc++.so.6')))
}

export interface Arm64Options extends ProgramOptions {
  /** A processor that qemu knows, `cortex-a53` or `cortex-a72` say; ignored on an arm64 machine. */
  readonly cpu?: string
}

/** Runs an arm64 executable to its end; seven to ten times slower than the device would, and memory figures mean nothing. */
export async function runArm64(file: string, { args = [], cpu, ...options }: Arm64Options = {}): Promise<ProgramOutcome> {
  if (process.arch === 'arm64') return await runProgram(file, { args, ...options })
  const chosen = cpu === undefined ? [] : ['-cpu', cpu]
  return await runProgram(QEMU, { args: ['-L', sysroot(), ...chosen, file, ...args], ...options })
}

/**
 * A folder that qemu looks into before the real root: the arm64 libraries, and a /proc/cpuinfo in ARM form. With the
 * host's, ONNX Runtime's detection of the processor crashes on some hosts. All tests of a user share it.
 */
function sysroot(): string {
  const folder = join(tmpdir(), `pump-monitor-arm64-${process.getuid?.()}`)
  if (existsSync(folder)) return folder
  const unfinished = mkdtempSync(`${folder}-`)
  symlinkSync(ARM64_LIBRARIES, join(unfinished, 'lib'))
  mkdirSync(join(unfinished, 'proc'))
  const core = [
    'BogoMIPS\t: 108.00',
    'Features\t: fp asimd evtstrm crc32 cpuid',
    'CPU implementer\t: 0x41',
    'CPU architecture: 8',
    'CPU variant\t: 0x0',
    'CPU part\t: 0xd08',
    'CPU revision\t: 3',
  ].join('\n')
  const cores = [0, 1, 2, 3].map((index) => `processor\t: ${index}\n${core}\n\n`).join('')
  writeFileSync(join(unfinished, 'proc', 'cpuinfo'), cores)
  try {
    renameSync(unfinished, folder)
  } catch (error) {
    rmSync(unfinished, { recursive: true })
    // Another test was faster.
    if (!existsSync(folder)) throw error
  }
  return folder
}
