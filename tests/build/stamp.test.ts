import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import JSZip from 'jszip'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeArtifact } from '../../build/artifact.ts'
import { bundleZip } from '../../build/bundle-zip.ts'
import type { Log } from '../../build/cache.ts'
import type { BundleEntries } from '../../build/manifest.ts'
import { runtimePart } from '../../build/runtime-part.ts'
import { stamp } from '../../build/stamp.ts'
import { openBundle } from '../../src/bundle/open.ts'
import { smallEntries } from '../binary/pump.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { SMALL_RUNTIME } from './small-runtime.ts'

const RUNTIME = SMALL_RUNTIME.path

const entries = smallEntries(SMALL_RUNTIME)
const hasUnzip = requireOrSkip(hasPrograms('unzip', 'zipinfo'), 'apt-get install unzip')

/** What an artifact holds beside the executable and the checksums. */
const BESIDE = [
  'README.md',
  'THIRD_PARTY_LICENSES.txt',
  'crontab.txt',
  'manifest.json',
  'overlay.example.json',
  'sbom.cdx.json',
  'well-1.service',
  'well-1.timer',
]

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-stamp-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

async function stamped(name: string, { ownerOnly = false, from = entries }: { ownerOnly?: boolean; from?: BundleEntries } = {}) {
  const output = join(folder, name)
  await stamp({ runtime: RUNTIME, entries: from, output, ownerOnly })
  return output
}

const modeOf = (file: string): string => (statSync(file).mode & 0o7777).toString(8)

function call(command: string, args: readonly string[], cwd = folder) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', cwd })
  return { status, stdout, stderr }
}

describe('a stamped executable', () => {
  test('still runs, and is executable for everyone', async () => {
    const well = await stamped('runs')
    expect(call(well, [])).toEqual({ status: 0, stdout: '', stderr: '' })
    expect(modeOf(well)).toBe('755')
  })

  test('is readable for its owner alone when it holds a token', async () => {
    expect(modeOf(await stamped('secret', { ownerOnly: true }))).toBe('700')
  })

  test.runIf(hasUnzip)('is a ZIP that unzip lists and tests without a word of complaint', async () => {
    const well = await stamped('listed')
    const list = call('unzip', ['-l', well])
    expect(list).toMatchObject({ status: 0, stderr: '' })
    expect(list.stdout).toMatch(
      /README\.md[\s\S]*config\/baseline\.json[\s\S]*manifest\.json[\s\S]*model\/metadata\.json[\s\S]*model\/model\.onnx/,
    )
    expect(list.stdout).not.toMatch(/warning|error|extra bytes/i)
    expect(call('unzip', ['-tq', well])).toEqual({ status: 0, stdout: expect.stringContaining('No errors detected'), stderr: '' })
    expect(call('zipinfo', ['-h', well]).stdout).toContain('number of entries: 5')
  })

  test('is a ZIP that JSZip reads with every checksum right, and holds no folder of its own making', async () => {
    const zip = await JSZip.loadAsync(readFileSync(await stamped('jszip')), { checkCRC32: true })
    expect(Object.keys(zip.files)).toEqual(Object.keys(entries).sort((a, b) => (a < b ? -1 : 1)))
    for (const [name, bytes] of Object.entries(entries)) {
      expect(await zip.file(name)?.async('nodebuffer')).toEqual(Buffer.from(bytes))
    }
  })

  test('has the same bytes whatever the order of the entries, the time and the time zone', async () => {
    const reversed = Object.fromEntries(Object.entries(entries).reverse())
    const first = readFileSync(await stamped('first'))
    const before = process.env['TZ']
    process.env['TZ'] = 'Pacific/Kiritimati'
    const second = readFileSync(await stamped('second', { from: reversed }))
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
    expect(second.equals(first)).toBe(true)
  })

  test('takes the place of an older one while that one runs', async () => {
    const well = await stamped('replaced')
    const inode = statSync(well).ino
    await stamped('replaced', { from: smallEntries({ ...SMALL_RUNTIME, version: '0.2.0' }) })
    expect(statSync(well).ino).not.toBe(inode)
    expect(openBundle(well).manifest.runtime_version).toBe('0.2.0')
  })

  test('leaves nothing behind when it cannot be finished', async () => {
    const home = join(folder, 'unfinished')
    mkdirSync(join(home, 'well1'), { recursive: true })
    writeFileSync(join(home, 'well1', 'file'), 'in the way')
    await expect(stamp({ runtime: RUNTIME, entries, output: join(home, 'well1'), ownerOnly: false })).rejects.toThrow('EISDIR')
    expect(readdirSync(home)).toEqual(['well1'])
  })
})

describe('the artifact', () => {
  const withDeployment = smallEntries(SMALL_RUNTIME, { 'config/deployment.json': Buffer.from('{"api":{"base_url":null}}') })

  async function artifactOf(name: string, { ownerOnly = false, log = () => undefined }: { ownerOnly?: boolean; log?: Log } = {}) {
    const executable = await stamped(name, { ownerOnly, from: withDeployment })
    const output = `${executable}.zip`
    const part = await runtimePart(RUNTIME, { directory: join(folder, 'cache'), log })
    const bundle = await bundleZip(withDeployment, SMALL_RUNTIME.size)
    await writeArtifact({ runtime: SMALL_RUNTIME, part, entries: withDeployment, bundle, name, ownerOnly, key: null, output })
    return { executable, output }
  }

  test.runIf(hasUnzip)(
    'unpacks to the very executable, what installs and explains it, and checksums that are right',
    async () => {
      const { executable, output } = await artifactOf('well1_v1.0.0')
      const unpacked = join(folder, 'unpacked')
      expect(call('unzip', ['-q', output, '-d', unpacked])).toEqual({ status: 0, stdout: '', stderr: '' })
      expect(readdirSync(unpacked)).toEqual([...BESIDE, 'SHA256SUMS', 'well1_v1.0.0'].sort((a, b) => (a < b ? -1 : 1)))
      expect(readFileSync(join(unpacked, 'well1_v1.0.0')).equals(readFileSync(executable))).toBe(true)
      expect(modeOf(join(unpacked, 'well1_v1.0.0'))).toBe('755')
      const check = call('sha256sum', ['--check', '--strict', 'SHA256SUMS'], unpacked)
      expect(check).toEqual({
        status: 0,
        stdout: [...BESIDE, 'well1_v1.0.0'].map((name) => `${name}: OK\n`).join(''),
        stderr: '',
      })
    },
  )

  test('has the same bytes each time', async () => {
    const first = readFileSync((await artifactOf('same')).output)
    const second = readFileSync((await artifactOf('same')).output)
    expect(second.equals(first)).toBe(true)
  })

  test('compresses a runtime once, however many pumps it is for', async () => {
    const lines: string[] = []
    for (const name of ['pump-1', 'pump-2', 'pump-3']) await artifactOf(name, { log: (line) => lines.push(line) })
    expect(lines.length).toBeLessThan(2)
    const cacheDirectory = join(folder, 'another-cache')
    for (let time = 0; time < 3; time++)
      await runtimePart(RUNTIME, { directory: cacheDirectory, log: (line) => lines.push(line) })
    expect(lines.filter((line) => line === 'compressing the runtime for artifacts (deflate, level 6)')).toHaveLength(lines.length)
  })

  test('with a token in it can be read by its owner alone', async () => {
    const { output } = await artifactOf('private', { ownerOnly: true })
    expect(modeOf(output)).toBe('600')
    const zip = await JSZip.loadAsync(readFileSync(output), { checkCRC32: true })
    expect(Number(zip.file('private')?.unixPermissions) & 0o777).toBe(0o700)
  })
})
