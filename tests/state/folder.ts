import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/** A new empty folder that goes away with the test. */
export function testFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'pump-monitor-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
