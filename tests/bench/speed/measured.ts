import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PYTHON } from './peer.ts'

/** What one run of a program took, by the kernel's account of it. */
export interface Taken {
  readonly wall_ms: number
  /** User and system. */
  readonly cpu_ms: number
  /** Peak of resident memory. */
  readonly peak_mb: number
  readonly minor_faults: number
  readonly major_faults: number
  /** Of the pages made dirty on disks. */
  readonly dirtied_bytes: number
}

const MEASURED = join(import.meta.dirname, '..', 'python', 'measured.py')

/** Runs a program to its end and measures it; throws when it does not end with 0. */
export function measured(command: readonly string[], stdout = '/dev/null'): Taken {
  const { status, stdout: said, stderr } = spawnSync(PYTHON, ['-I', MEASURED, stdout, ...command], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${PYTHON} cannot run ${command[0]}: ${stderr}`)
  const { code, ...taken } = JSON.parse(said) as Taken & { readonly code: number }
  if (code !== 0) throw new Error(`${command.join(' ')} ended with ${code}: ${stderr}`)
  return taken
}
