import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hostTarget } from '../../build/targets.ts'
import { packaged, scratch, WELL_1 } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'

test.runIf(canRun(HOST))(
  'a run that predicts leaves nothing outside of its state directory, its libraries included',
  async () => {
    const [state, home, temporary, output] = [scratch(), scratch(), scratch(), join(scratch(), 'out.json')]
    const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: temporary }
    const { code } = await runProgram(await packaged(HOST), { args: [WELL_1.healthy, output, '--state-dir', state], env })
    expect(code).toBe(0)
    // ONNX Runtime is at work, and has been kept from its makers' telemetry.
    expect(readFileSync(output, 'utf8')).toContain('"probabilities"')
    expect(readdirSync(home, { recursive: true })).toEqual([])
    expect(readdirSync(temporary, { recursive: true })).toEqual([])
  },
)
