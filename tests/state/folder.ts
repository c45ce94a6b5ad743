import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder that goes away with the test. */
export function testFolder(parent = tmpdir()): string {
  const path = mkdtempSync(join(parent, 'pump-monitor-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** The same in memory where the machine has such a place: for tests that write durably thousands of times. */
export function quickFolder(): string {
  return testFolder(existsSync('/dev/shm') ? '/dev/shm' : tmpdir())
}
