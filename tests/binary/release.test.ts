import { spawnSync } from 'node:child_process'
import {
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BuiltPump, buildPump } from '../../build/build-pump.ts'
import { CACHE } from '../../build/cache.ts'
import { readInputs } from '../../build/inputs.ts'
import { ROOT } from '../../build/root.ts'
import { runtimePart } from '../../build/runtime-part.ts'
import { hostTarget, TARGETS, type Target } from '../../build/targets.ts'
import { verifyCommand } from '../../build/verify.ts'
import { call, keyPair } from '../build/small-artifact.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { fileIn, WELL_1 } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun, runOn, runtimeFor } from './runtime.ts'

const MB = 1e6
/** Of glibc and libstdc++6 (with libgcc), which the README of a pump names as all that the device must have. */
const OF_THE_SYSTEM = /^(lib(c|m|dl|rt|pthread|stdc\+\+|gcc_s)|ld-linux-aarch64)\.so\.\d+$/
const host = hostTarget() ?? 'linux-x64'

let folder: string
let keys: ReturnType<typeof keyPair>
const built = new Map<string, BuiltPump>()

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-release-'))
  keys = keyPair(folder, 'release')
  await build('linux-arm64', '1.0.0')
  if (host !== 'linux-arm64') await build(host, '1.0.0')
  await build(host, '1.1.0')
})

afterAll(() => rmSync(folder, { recursive: true }))

async function build(target: Target, version: string): Promise<void> {
  const runtime = await runtimeFor(target)
  const part = await runtimePart(runtime.path, { directory: CACHE, log: () => undefined })
  const home = join(folder, target)
  mkdirSync(home, { recursive: true })
  const inputs = await readInputs({ pump: 'Well 1', ...WELL_1, embedToken: false })
  const workshop = { runtime, part, buildTime: new Date('2026-01-02T03:04:06Z'), key: keys.key, zip: true }
  built.set(`${target} ${version}`, await buildPump(inputs, { version, executable: join(home, `well1_v${version}`) }, workshop))
}

function of(target: Target, version = '1.0.0'): { readonly executable: string; readonly artifact: string } {
  const pump = built.get(`${target} ${version}`)
  return { executable: String(pump?.executable.path), artifact: String(pump?.artifact?.path) }
}

const output = (program: string, ...args: string[]) => spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout

describe('the arm64 release of Well 1', () => {
  test('is no larger than 116 MB, and its ZIP no larger than 50 MB', () => {
    const { executable, artifact } = of('linux-arm64')
    expect(statSync(executable).size).toBeLessThanOrEqual(116 * MB)
    expect(statSync(artifact).size).toBeLessThanOrEqual(50 * MB)
  })

  test('passes verify, which loads its model', async () => {
    const { code, stdout } = await call(verifyCommand, [of('linux-arm64').artifact, '--key', keys.publicFile])
    expect(code, stdout).toBe(0)
    expect(stdout).toMatch(/^ok +model +well-1/m)
  })

  test.runIf(requireOrSkip(hasPrograms('unzip'), 'apt-get install unzip'))(
    'is a ZIP, and so is the executable in it, to unzip',
    () => {
      for (const file of Object.values(of('linux-arm64'))) {
        expect(spawnSync('unzip', ['-tq', file], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' })
      }
    },
  )

  test.runIf(requireOrSkip(hasPrograms('readelf'), 'apt-get install binutils'))(
    'is a program for AArch64 that needs no glibc above 2.28, nor do the libraries in it',
    () => {
      const { executable } = of('linux-arm64')
      expect(output('readelf', '-h', executable)).toMatch(/Machine: +AArch64/)
      const libraries = join(ROOT, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', 'linux', TARGETS['linux-arm64'].arch)
      for (const file of [executable, ...readdirSync(libraries).map((name) => join(libraries, name))]) {
        const versions = [...output('readelf', '-V', file).matchAll(/Name: GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor))
        expect(versions.length, file).toBeGreaterThan(0)
        expect(Math.max(...versions), file).toBeLessThanOrEqual(28)
        const needed = [...output('readelf', '-d', file).matchAll(/\(NEEDED\).*\[(.*?)\]/g)].map(([, name]) => name ?? '')
        expect(needed.filter((name) => !OF_THE_SYSTEM.test(name) && name !== 'libonnxruntime.so.1')).toEqual([])
      }
    },
  )
})

describe.runIf(canRun(host))('a release on this machine', () => {
  test('refuses to run with any of 20 bytes of its bundle changed, with 78 and one line', async () => {
    const copy = join(folder, 'changed')
    const { executable } = of(host)
    copyFileSync(executable, copy)
    const size = statSync(executable).size
    const start = (await runtimeFor(host)).size
    const bytes = readFileSync(executable)
    for (let index = 0; index < 20; index++) {
      // Spread over the bundle, the last ones in its directory and comment.
      const at = index < 12 ? start + Math.floor(((size - start) * index) / 12) : size - 1 - (index - 12) * 97
      const fd = openSync(copy, 'r+')
      writeSync(fd, Buffer.of((bytes[at] ?? 0) ^ (1 << (index % 8))), 0, 1, at)
      closeSync(fd)
      const { code, stdout, stderr } = await runProgram(copy, { args: ['info'] })
      expect({ code, stdout, lines: stderr.split('\n').length }, `byte ${at}`).toEqual({ code: 78, stdout: '', lines: 2 })
      const restored = openSync(copy, 'r+')
      writeSync(restored, Buffer.of(bytes[at] ?? 0), 0, 1, at)
      closeSync(restored)
    }
    expect((await runProgram(copy, { args: ['--version'] })).code).toBe(0)
  })

  test('is upgraded by its link, goes on where the old one ended, and goes back the same way', async () => {
    const device = join(folder, 'device')
    mkdirSync(device)
    const link = (version: string) => {
      const name = `well1_v${version}`
      spawnSync('sh', ['-ec', `ln -sfn '${of(host, version).executable}' new && mv -fT new current && test -x current`], {
        cwd: device,
      })
      return name
    }
    const rows = readFileSync(WELL_1.healthy, 'utf8').trimEnd().split('\n')
    const run = async (count: number) => {
      const input = fileIn(device, 'readings.csv', `${rows.slice(0, count + 1).join('\n')}\n`)
      const args = [input, 'out.json', '--state-dir', join(device, 'state'), '--log-level', 'error']
      const { code, stderr } = await runOn(host, join(device, 'current'), { args, cwd: device })
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return (JSON.parse(readFileSync(join(device, 'out.json'), 'utf8')) as unknown[]).length
    }
    const version = async () => (await runOn(host, join(device, 'current'), { args: ['--version'] })).stdout.split(' ')[2]
    link('1.0.0')
    expect([await run(100), await version()]).toEqual([100, '1.0.0'])
    link('1.1.0')
    expect([await run(150), await version()]).toEqual([50, '1.1.0'])
    link('1.0.0')
    expect([await run(180), await version()]).toEqual([30, '1.0.0'])
  })

  test('refuses the state of a version that it cannot read, says which, and changes nothing', async () => {
    const state = join(folder, 'newer-state')
    const args = [WELL_1.healthy, join(folder, 'out.json'), '--state-dir', state, '--log-level', 'error']
    expect((await runOn(host, of(host).executable, { args })).code).toBe(0)
    const file = join(state, 'state.json')
    const text = readFileSync(file, 'utf8')
    const [head = '', rest = ''] = [text.slice(0, text.indexOf(',"crc32"')), text.slice(text.indexOf(',"payload":'))]
    const newer = head.replace(/"schema_version":\d+/, '"schema_version":99')
    const payload = rest.slice(',"payload":'.length, -2)
    const checksum = crc32(`${newer}\n${payload}`).toString(16).padStart(8, '0')
    writeFileSync(file, `${newer},"crc32":"${checksum}","payload":${payload}}\n`)
    const before = readFileSync(file)
    const { code, stderr } = await runOn(host, of(host).executable, { args })
    expect(code).toBe(78)
    expect(stderr).toMatch(
      /^[^\n]*the state was written by a newer program \(state version 99, this one knows \d+\); use the newer program, or give this one a directory of its own with --state-dir\n$/,
    )
    expect(readFileSync(file).equals(before)).toBe(true)
  })
})
