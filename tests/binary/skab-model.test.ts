import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { scratch } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'
const DATA = join(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'skab')
const BENCH = join(import.meta.dirname, '..', 'bench', 'skab-model.ts')

/** Two of the clear runs, one where flow hardly falls, one where it comes back higher than before. */
const FILES = ['valve1/0.csv', 'valve1/5.csv', 'valve1/11.csv', 'valve1/15.csv']

// Real data of the Skoltech Anomaly Benchmark, GPL-3.0 and so not in this repository: skipped where they are not beside it.
describe.runIf(existsSync(DATA) && canRun(HOST))('the protocol of SKAB through the executable', () => {
  test('learns from healthy rows alone and meets the target, whatever the layout of the folder', async () => {
    const folder = scratch()
    mkdirSync(join(folder, 'deep', 'er'), { recursive: true })
    for (const [index, file] of FILES.entries())
      symlinkSync(join(DATA, file), join(folder, index < 2 ? 'deep/er' : '.', `${index}.csv`))
    symlinkSync(join(DATA, 'anomaly-free', 'anomaly-free.csv'), join(folder, 'without-labels.csv'))
    const { code, stdout, stderr } = await runProgram(process.execPath, { args: [BENCH, folder] })
    expect(code, stderr).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(FILES.length + 1)
    const [, f1, far, mar] = /^pooled {2}F1 (\d\.\d{3}) {2}FAR (\d\d\.\d) {2}MAR (\d\d\.\d)$/.exec(lines.at(-1) ?? '') ?? []
    expect(Number(f1)).toBeGreaterThan(0.85)
    expect(Number(far)).toBeLessThan(10)
    expect(Number(mar)).toBeLessThan(20)
  })

  test('says what is missing in a folder without labelled data', async () => {
    const { code, stderr } = await runProgram(process.execPath, { args: [BENCH, scratch()] })
    expect(code).toBe(1)
    expect(stderr).toContain('holds no CSV with the columns datetime and anomaly')
  })
})
