import { statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Set where everything must run (`.ci/run` does): a test that lacks its tools then fails instead of being skipped. */
export const REQUIRE_ALL = 'PUMP_MONITOR_REQUIRE_ALL'

/**
 * Whether a test that needs something of the machine can run here; for `test.runIf` and `describe.runIf`.
 * `how` says what to do to have it (`apt-get install qemu-user-static`). Optional data sets are no business of this:
 * nobody can insist on a file that need not be there.
 */
export function requireOrSkip(available: boolean, how: string): boolean {
  if (!available && process.env[REQUIRE_ALL] === '1') throw new Error(`${REQUIRE_ALL}=1, and this is missing: ${how}`)
  return available
}

/** Whether the machine has every one of these programs on its PATH. */
export function hasPrograms(...names: readonly string[]): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return names.every((name) => folders.some((folder) => isExecutable(join(folder, name))))
}

function isExecutable(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false })
  return found?.isFile() === true && (found.mode & 0o111) !== 0
}
