import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { officialNode } from '../../build/base-node.ts'
import type { Log } from '../../build/cache.ts'
import { buildRuntime, type Runtime } from '../../build/runtime.ts'
import { stamp } from '../../build/stamp.ts'
import { hostTarget, TARGETS, type Target } from '../../build/targets.ts'
import { requireOrSkip } from '../require.ts'
import { runProgram } from './program.ts'
import { smallEntries, stampSmall } from './pump.ts'
import { canRunArm64, QEMU_HINT, runArm64 } from './qemu.ts'
import { canRun, runOn, runtimeWith } from './runtime.ts'

const host = hostTarget()
const ENTRY = join(import.meta.dirname, 'entries', 'predict.ts')
const ROWS = ['1,0,0', '0,1,0', '0,0,0', '0.25,-1.5,2']

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-runtime-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

function stateOf(name: string): string {
  const state = join(folder, name)
  mkdirSync(state)
  return state
}

const answers = new Map<Target, string>()

describe.each(Object.keys(TARGETS) as Target[])('the runtime for %s', (target) => {
  const runs = canRun(target)

  test.runIf(runs)('predicts with ONNX Runtime out of itself, and says nothing on stderr', async () => {
    const well = await stampSmall(await runtimeWith(target, 'predict.ts'), join(folder, `well1-${target}`))
    const outcome = await runOn(target, well, { args: [stateOf(`state-${target}`), ...ROWS], env: {} })
    expect(outcome).toMatchObject({ code: 0, stderr: '' })
    const { predictions } = JSON.parse(outcome.stdout) as { predictions: { class: string }[] }
    expect(predictions.map((prediction) => prediction.class)).toEqual(['worn', 'clogged', 'healthy', 'healthy'])
    answers.set(target, outcome.stdout)
  })

  test.runIf(runs)('ends with 78 and one line when its bundle is missing, cut short or altered', async () => {
    const runtime = await runtimeWith(target, 'predict.ts')
    const state = stateOf(`state-78-${target}`)
    const refusal = async (file: string) => {
      const { code, stdout, stderr } = await runOn(target, file, { args: [state] })
      expect({ code, stdout }).toEqual({ code: 78, stdout: '' })
      expect(stderr.trimEnd().split('\n')).toHaveLength(1)
      return stderr
    }
    expect(await refusal(runtime.path)).toContain(
      `it carries no pump bundle; it is the runtime ${runtime.version} without a pump`,
    )
    const well = readFileSync(await stampSmall(runtime, join(folder, `whole-${target}`)))
    const cut = join(folder, `cut-${target}`)
    writeFileSync(cut, well.subarray(0, -1000), { mode: 0o755 })
    expect(await refusal(cut)).toContain('its pump bundle is truncated')
    const altered = join(folder, `altered-${target}`)
    well.writeUInt8(well.readUInt8(well.length - 1000) ^ 1, well.length - 1000)
    writeFileSync(altered, well, { mode: 0o755 })
    expect(await refusal(altered)).toContain('its pump bundle was altered')
    expect(readdirSync(state)).toEqual([])
  })
})

test.runIf(canRun('linux-x64') && canRun('linux-arm64'))('both runtimes predict the same bytes', () => {
  expect(answers.get('linux-arm64')).toBe(answers.get('linux-x64'))
})

test.runIf(requireOrSkip(canRunArm64(), QEMU_HINT))(
  'the arm64 runtime is quiet on the processors of a Raspberry Pi 3 and 4',
  async () => {
    const well = await stampSmall(await runtimeWith('linux-arm64', 'predict.ts'), join(folder, 'well1-cpu'))
    const state = stateOf('state-cpu')
    for (const cpu of ['cortex-a53', 'cortex-a72']) {
      const outcome = await runArm64(well, { args: [state, ...ROWS], cpu })
      expect(outcome, cpu).toEqual({ code: 0, signal: null, stdout: answers.get('linux-arm64'), stderr: '' })
    }
  },
)

describe.runIf(requireOrSkip(host !== null, 'a Linux machine, x64 or arm64'))('an executable', () => {
  const target = host ?? 'linux-x64'

  test('takes no code from NODE_OPTIONS', async () => {
    const well = await stampSmall(await runtimeWith(target, 'predict.ts'), join(folder, 'well1-options'))
    const script = join(folder, 'injected.cjs')
    writeFileSync(script, `require('node:fs').writeFileSync(${JSON.stringify(join(folder, 'was-here'))}, '')`)
    const env = { NODE_OPTIONS: `--require ${script}` }
    expect(await runProgram(well, { args: [stateOf('state-options'), '1,0,0'], env })).toMatchObject({ code: 0, stderr: '' })
    expect(readdirSync(folder)).not.toContain('was-here')
  })

  test('that was replaced while it ran still reads its own bundle', async () => {
    const runtime = await runtimeWith(target, 'predict.ts')
    const well = await stampSmall(runtime, join(folder, 'well1-upgrade'))
    const child = spawn(well, [stateOf('state-upgrade'), 'wait'], { stdio: ['pipe', 'pipe', 'inherit'] })
    const entries = smallEntries({ ...runtime, version: '9.9.9' })
    await stamp({ runtime: runtime.path, entries, output: well, ownerOnly: false })
    child.stdin.end()
    expect(JSON.parse(await text(child.stdout))).toMatchObject({ pump: 'Well 1', runtime_version: runtime.version })
  })
})

describe('building', () => {
  const target = host ?? 'linux-x64'

  async function build(options: { cacheDirectory: string }): Promise<{ runtime: Runtime; lines: string[] }> {
    const lines: string[] = []
    const log: Log = (line) => lines.push(line)
    return { runtime: await buildRuntime(target, log, { entry: ENTRY, ...options }), lines }
  }

  test('does nothing the second time, and says each step the first time', async () => {
    const cacheDirectory = join(folder, 'cache')
    const first = await build({ cacheDirectory })
    expect(first.lines.map((line) => line.split(' ')[0])).toEqual(expect.arrayContaining(['compressing', 'building', 'runtime']))
    const { mtimeMs } = statSync(first.runtime.path)
    const second = await build({ cacheDirectory })
    expect(second.lines.filter((line) => !line.startsWith('NOT A RELEASE'))).toEqual([])
    expect(second.runtime).toEqual(first.runtime)
    expect(statSync(second.runtime.path).mtimeMs).toBe(mtimeMs)
  })

  test('without binutils goes on, says so, and marks what it builds as no release', async () => {
    const path = process.env['PATH']
    process.env['PATH'] = dirname(process.execPath)
    const { runtime, lines } = await build({ cacheDirectory: join(folder, 'cache-unstripped') }).finally(() => {
      process.env['PATH'] = path
    })
    const { strip, stripPackage } = TARGETS[target]
    expect(lines).toContainEqual(expect.stringContaining(`NOT A RELEASE: ${strip} is missing`))
    expect(lines).toContainEqual(expect.stringContaining(`apt-get install ${stripPackage}`))
    expect(runtime).toMatchObject({ release: false, notRelease: expect.arrayContaining(['Node is not stripped']), strip: null })
    expect(runtime.version).toMatch(/\+unofficial$/)
    const well = await stampSmall(runtime, join(folder, 'well1-unstripped'))
    expect(await runProgram(well, { args: [stateOf('state-unstripped'), '1,0,0'] })).toMatchObject({ code: 0, stderr: '' })
  })

  test('refuses a Node that is not the one this repository pins', async () => {
    const foreign = (Object.keys(TARGETS) as Target[]).find((other) => other !== host) ?? 'linux-arm64'
    const { nodePackage } = TARGETS[foreign]
    // A registry that answers with another archive under the right name.
    const bin = join(folder, 'bin')
    mkdirSync(bin)
    writeFileSync(join(bin, 'npm'), `#!/bin/sh\necho something else > "$4/${nodePackage}-24.21.0.tgz"\n`, { mode: 0o755 })
    const path = process.env['PATH'] ?? ''
    process.env['PATH'] = `${bin}:${path}`
    const cache = { directory: join(folder, 'cache-foreign'), log: () => undefined }
    await expect(
      officialNode(foreign, cache).finally(() => {
        process.env['PATH'] = path
      }),
    ).rejects.toThrow(/\.tgz: its sha512 is .*, not .*; it is not the Node that this repository pins/)
    expect(readdirSync(join(folder, 'cache-foreign'))).toEqual(['locks'])
  })
})
