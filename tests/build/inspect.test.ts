import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BuiltPump } from '../../build/build-pump.ts'
import { deltaCommand } from '../../build/delta.ts'
import { inspectCommand } from '../../build/inspect.ts'
import { WELL_1 } from '../binary/packaged.ts'
import { testToken } from '../secrets/token.ts'
import { call, forged, smallArtifact } from './small-artifact.ts'

const TOKEN = testToken('embedded')

let folder: string
let first: BuiltPump
let second: BuiltPump

/** Well 1's configuration with something changed. */
function configWith(name: string, change: object): string {
  const file = join(folder, name)
  const config = JSON.parse(readFileSync(WELL_1.config, 'utf8')) as Record<string, object>
  for (const [section, keys] of Object.entries(change)) config[section] = { ...config[section], ...keys }
  writeFileSync(file, JSON.stringify(config))
  return file
}

beforeAll(async () => {
  folder = join(mkdtempSync(join(tmpdir(), 'pump-monitor-inspect-')), 'with-token')
  mkdirSync(folder)
  first = await smallArtifact(folder)
  const change = { judgement: { guard_band: 3 }, pump: { tolerance_category: '2B' }, api: { bearer_token: TOKEN } }
  second = await smallArtifact(folder, { version: '1.1.0', config: configWith('second.json', change) })
})

afterAll(() => rmSync(folder, { recursive: true }))

const inspect = async (...args: string[]) => await call(inspectCommand, args, folder)

describe('inspect', () => {
  test('tells of an executable, and of the ZIP with it, the same', async () => {
    const [bare, zipped] = [await inspect(first.executable.path), await inspect(String(first.artifact?.path))]
    expect(bare).toMatchObject({ code: 0, stderr: '' })
    expect(zipped).toEqual(bare)
    for (const line of [
      /^Well 1$/m,
      /^artifact {4}1\.0\.0, built 2026-01-02T03:04:06\.000Z for linux-/m,
      /^grade {7}1U \(stated/m,
      /^ {2}flow +57\.31 m3\/h$/m,
      /'Flow \(gpm\)' in gpm/,
      /held_out\.balanced_accuracy +0\.9\d+/,
    ]) {
      expect(bare.stdout).toMatch(line)
    }
  })

  test('gives everything as JSON', async () => {
    const { stdout } = await inspect(first.executable.path, '--json')
    expect(JSON.parse(stdout)).toMatchObject({
      manifest: { pump: 'Well 1', artifact_version: '1.0.0' },
      deployment: { judgement: { guard_band: 2 } },
      baseline: { kind: 'point' },
      tolerances: { categories: { '1U': {} } },
      columns: { quantities: { flow: { unit: 'gpm' } } },
      model: { name: 'well-1' },
      entries: { 'model/model.onnx': {} },
    })
  })

  test('tells what differs between two versions, value by value, and that the rest is the same', async () => {
    const { code, stdout } = await inspect(first.executable.path, second.executable.path)
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toContain('manifest.artifact_version: "1.0.0" → "1.1.0"')
    expect(lines).toContain('grade.name: "1U" → "2B"')
    expect(lines).toContain('deployment.judgement.guard_band: 2 → 3')
    expect(lines).toContain('deployment.api.bearer_token: null → "(a token is embedded)"')
    expect(lines.at(-1)).toBe('files inside that differ: README.md, config/deployment.json')
    expect(stdout).not.toMatch(/^(columns|model|tolerances|baseline)\./m)
    expect((await inspect(first.executable.path, String(first.artifact?.path))).stdout).toBe('the same: no file inside differs\n')
    const json = JSON.parse((await inspect(first.executable.path, second.executable.path, '--json')).stdout) as { path: string }[]
    expect(json).toContainEqual({ path: 'deployment.judgement.guard_band', from: 2, to: 3 })
  })

  test('tells what differs of the model and the metrics that it was measured to have', async () => {
    const { executable } = await forged(folder, (entries) => {
      const metadata = JSON.parse(new TextDecoder().decode(entries['model/metadata.json'])) as Record<string, unknown>
      const changed = { ...metadata, version: '2.0.0', metrics: { held_out: { balanced_accuracy: 0.5 } } }
      entries['model/metadata.json'] = Buffer.from(JSON.stringify(changed))
    })
    const { stdout } = await inspect(first.executable.path, executable)
    expect(stdout).toContain('model.version: "1.0.0" → "2.0.0"')
    expect(stdout).toMatch(/^model\.metrics\.held_out\.balanced_accuracy: 0\.9\d+ → 0\.5$/m)
  })

  test('never tells a token', async () => {
    for (const args of [[], ['--json'], [first.executable.path, '--json']]) {
      const { stdout } = await inspect(second.executable.path, ...args)
      expect(stdout).toContain('a token is embedded')
      expect(stdout).not.toContain(TOKEN)
    }
  })

  test('refuses what is no executable of ours, and more than two', async () => {
    expect(await inspect('/bin/true')).toMatchObject({ code: 78, stderr: expect.stringContaining('carries no pump bundle') })
    expect((await inspect('a', 'b', 'c')).code).toBe(64)
    expect((await inspect()).code).toBe(64)
  })
})

describe('delta', () => {
  test('is the new bundle, and the commands that it prints make the new executable out of the old one', async () => {
    const made = await call(deltaCommand, [first.executable.path, second.executable.path, '--output', 'well1.delta'], folder)
    expect(made).toMatchObject({ code: 0, stderr: '' })
    const commands = made.stdout.split('\n').slice(2).join('\n')
    const device = mkdtempSync(join(folder, 'device-'))
    for (const file of [first.executable.path, join(folder, 'well1.delta')]) spawnSync('cp', [file, device])
    const { status, stdout } = spawnSync('sh', ['-ec', commands], { cwd: device, encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'well1_v1.1.0: OK\n' })
    expect(readFileSync(join(device, 'well1_v1.1.0')).equals(readFileSync(second.executable.path))).toBe(true)
  })

  test('is refused between two programs, and without an output', async () => {
    const { executable } = await forged(folder, () => undefined, { runtime_sha256: '0'.repeat(64) })
    const refused = await call(deltaCommand, [first.executable.path, executable, '--output', 'x.delta'], folder)
    expect(refused).toMatchObject({
      code: 78,
      stdout: '',
      stderr: expect.stringMatching(/has another program inside than .*; send it whole/),
    })
    expect((await call(deltaCommand, [first.executable.path, executable], folder)).code).toBe(64)
  })
})
