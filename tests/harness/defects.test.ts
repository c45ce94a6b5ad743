import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hasPrograms, REQUIRE_ALL, requireOrSkip } from '../require.ts'
import { quickFolder } from '../state/folder.ts'
import { DEFECTS } from './defects.ts'
import { finish } from './finished-run.ts'

const ROOT = new URL('../..', import.meta.url).pathname
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs')
/** What the tests named in the list need. */
const COPIED = [
  'src',
  'tests/binary/tmpfs.ts',
  'tests/delivery',
  'tests/harness',
  'tests/state',
  'tests/require.ts',
  'tests/secrets',
  'vitest.config.ts',
  'package.json',
]

/** Each costs a run of its tests; where everything must run, all of them. */
const CHOSEN = process.env[REQUIRE_ALL] === '1' ? DEFECTS : DEFECTS.filter((_, index) => index % 5 === 2)

describe.runIf(requireOrSkip(hasPrograms('strace'), 'apt-get install strace'))('the tests of state and delivery', () => {
  test('pass on an unchanged copy', { timeout: 600_000 }, async () => {
    const copy = copyProject()
    for (const file of new Set(CHOSEN.map(({ seenBy }) => seenBy))) {
      expect({ file, ...(await runTests(copy, file)) }).toEqual({ file, exitCode: 0, failed: 0, ended: true })
    }
  })

  test.for(CHOSEN)('notice when $name', { timeout: 600_000 }, async ({ file, changes, seenBy }) => {
    const copy = copyProject()
    let text = readFileSync(join(copy, file), 'utf8')
    for (const { from, to } of changes) {
      expect(text).toContain(from)
      text = text.replace(from, () => to)
    }
    writeFileSync(join(copy, file), text)
    const { exitCode, failed, ended } = await runTests(copy, seenBy)
    expect({ exitCode, ended }).toEqual({ exitCode: 1, ended: true })
    expect(failed).toBeGreaterThan(0)
  })
})

function copyProject(): string {
  const folder = quickFolder()
  for (const path of COPIED) {
    mkdirSync(join(folder, path, '..'), { recursive: true })
    cpSync(join(ROOT, path), join(folder, path), { recursive: true })
  }
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  return folder
}

/** A file that does not even load fails too, but not by a test: that must not count as noticed. */
async function runTests(folder: string, file: string) {
  const report = join(folder, 'report.json')
  const options = ['--root', folder, '--project', 'unit', '--reporter', 'json', `--outputFile=${report}`]
  const { exitCode } = await finish([process.execPath, VITEST, 'run', ...options, file])
  const { numFailedTests, numTotalTests } = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')) : {}
  return { exitCode, failed: Number(numFailedTests), ended: Number(numTotalTests) > 0 }
}
