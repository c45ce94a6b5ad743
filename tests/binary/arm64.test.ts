import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ResultRecord } from '../../src/edge/result.ts'
import { fileIn, packaged, scratch, WELL_1 } from './packaged.ts'
import { runArm64 } from './qemu.ts'
import { canRun, runOn } from './runtime.ts'

/** Three weeks that end in a failing pump: enough history for the model, and every status. */
function wholeStory(): string {
  const [healthy, degrading] = [WELL_1.healthy, WELL_1.degrading].map((file) => readFileSync(file, 'utf8'))
  return `${healthy}${degrading?.split('\n').slice(1).join('\n')}`
}

describe.runIf(canRun('linux-arm64') && canRun('linux-x64'))('the arm64 executable', () => {
  test('gives the same results as the x64 one, byte for byte, its model included', async () => {
    const input = fileIn(scratch(), 'in.csv', wholeStory())
    const outputs = await Promise.all(
      (['linux-arm64', 'linux-x64'] as const).map(async (target) => {
        const folder = scratch()
        const output = join(folder, 'out.json')
        const { code, stderr } = await runOn(target, await packaged(target), {
          args: [input, output, '--state-dir', join(folder, 'state'), '--log-level', 'warn'],
        })
        expect(code, stderr).toBe(0)
        return readFileSync(output, 'utf8')
      }),
    )
    expect(outputs[0]).toBe(outputs[1])
    const results = JSON.parse(outputs[0] ?? '') as ResultRecord[]
    expect(results.filter(({ prediction }) => prediction !== null).length).toBeGreaterThan(300)
    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['Normal', 'Idle', 'Warning', 'Critical', 'Failure']))
  })

  test.each(['cortex-a53', 'cortex-a72'])('says what it is on a %s', async (cpu) => {
    const { code, stdout } = await runArm64(await packaged('linux-arm64'), { args: ['--version'], cpu })
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Well 1 1\.0\.0 \(pump-monitor .*, linux-arm64\)\n$/)])
  })
})
