import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { TARGETS, type Target } from './targets.ts'

const QEMU = 'qemu-aarch64-static'
const ARM64_LIBRARIES = '/usr/aarch64-linux-gnu/lib'

/** How to have on Debian what `canRunHere` misses. */
export const QEMU_HINT = 'apt-get install qemu-user-static libc6-arm64-cross libstdc++6-arm64-cross (runs arm64 executables)'

/** Whether this machine runs executables for the target, by itself or emulated. */
export function canRunHere(target: Target): boolean {
  if (TARGETS[target].arch === process.arch) return true
  return target === 'linux-arm64' && isOnPath(QEMU) && existsSync(join(ARM64_LIBRARIES, 'libstdc++.so.6'))
}

/** The command line that runs an executable for the target here; `cpu` is a processor that qemu knows. */
export function commandFor(target: Target, file: string, args: readonly string[], cpu?: string): readonly [string, ...string[]] {
  if (TARGETS[target].arch === process.arch) return [file, ...args]
  return [QEMU, '-L', sysroot(), ...(cpu === undefined ? [] : ['-cpu', cpu]), file, ...args]
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/**
 * A folder that qemu looks into before the real root: the arm64 libraries, and a /proc/cpuinfo in ARM form. With the
 * host's, ONNX Runtime's detection of the processor crashes on some hosts. All programs of a user share it.
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
    // Another program was faster.
    if (!existsSync(folder)) throw error
  }
  return folder
}
