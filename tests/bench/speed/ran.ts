import { spawnSync } from 'node:child_process'

/** Runs a program to its end and returns what it said; throws when it does not end with 0. */
export function ran(file: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${[file, ...args.slice(0, 3)].join(' ')} … ended with ${status}: ${stderr}`)
  return stdout
}
