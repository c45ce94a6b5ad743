import { createHash } from 'node:crypto'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bundleZip } from '../../build/bundle-zip.ts'
import { type BundleEntries, withManifest } from '../../build/manifest.ts'
import { stamp } from '../../build/stamp.ts'
import { ENTRY } from '../../src/bundle/layout.ts'
import { manifestSchema } from '../../src/bundle/manifest.ts'
import { openBundle } from '../../src/bundle/open.ts'
import { ConfigurationFailure } from '../../src/failure.ts'

/** Any small program will do as a runtime: the bundle lies behind an ELF file, whichever it is. */
const RUNTIME = '/bin/true'

let folder: string
let pump: string
let bytes: Buffer
let bundleStart: number

const facts = {
  pump: 'Well 1',
  slug: 'well-1',
  artifact_version: '1.0.0',
  runtime_version: '0.1.0',
  runtime_sha256: '0'.repeat(64),
  target: 'linux-arm64',
  build_time: '2026-01-02T03:04:06.000Z',
} as const

const entries: BundleEntries = withManifest(
  {
    'README.md': Buffer.from('# Well 1\n'),
    'config/baseline.json': Buffer.from('{"flow_m3h":57.3}\n'),
    'model/model.onnx': Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7) % 256)),
  },
  facts,
)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-bundle-'))
  pump = join(folder, 'well1')
  await stamp({ runtime: RUNTIME, entries, output: pump, ownerOnly: false })
  bytes = readFileSync(pump)
  bundleStart = statSync(RUNTIME).size
})

afterAll(() => rmSync(folder, { recursive: true }))

/** The one line with which a file is refused. */
function refusal(content: Uint8Array): string {
  const file = join(folder, 'changed')
  writeFileSync(file, content)
  return refusalOf(file)
}

function refusalOf(file: string): string {
  try {
    openBundle(file)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationFailure)
    return error instanceof Error ? error.message : ''
  }
  return 'opened'
}

/** Opens a file as a run does and asks for every entry that a manifest lists: the one line of a refusal, or how it is. */
function seenOf(file: string, listed: Readonly<Record<string, unknown>>): string {
  try {
    const bundle = openBundle(file, 'used')
    const isSame = (name: string) => Buffer.from(bundle.read(name)).equals(entries[name] ?? Buffer.of())
    const isStamped =
      [ENTRY.manifest, ...Object.keys(listed)].every(isSame) && bundle.names.length === Object.keys(entries).length
    return isStamped ? 'as it was stamped' : 'other bytes'
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationFailure)
    return error instanceof Error ? error.message : ''
  }
}

/** An executable whose bundle was written by somebody who knows the format, with other entries than ours. */
async function stampedWith(others: BundleEntries): Promise<Buffer> {
  const output = join(folder, 'other')
  await stamp({ runtime: RUNTIME, entries: others, output, ownerOnly: false })
  return readFileSync(output)
}

/** The manifest of the entries with something changed in it. */
const withOtherManifest = (change: object): BundleEntries => {
  const manifest = JSON.parse(Buffer.from(entries['manifest.json'] ?? []).toString()) as object
  return { ...entries, 'manifest.json': Buffer.from(JSON.stringify({ ...manifest, ...change })) }
}

describe('opening an executable', () => {
  test('gives the manifest and every entry as they were stamped', () => {
    const bundle = openBundle(pump)
    expect(manifestSchema.parse(bundle.manifest)).toEqual(bundle.manifest)
    expect(bundle.manifest).toMatchObject({ schema_version: 1, ...facts })
    expect(bundle.names).toEqual(['README.md', 'config/baseline.json', 'manifest.json', 'model/model.onnx'])
    for (const name of bundle.names) expect(Buffer.from(bundle.read(name))).toEqual(Buffer.from(entries[name] ?? []))
    expect(bundle.json('config/baseline.json')).toEqual({ flow_m3h: 57.3 })
    expect(bundle.has('model/scaler.json')).toBe(false)
    expect(() => bundle.read('model/scaler.json')).toThrow('its pump bundle has no model/scaler.json')
  })

  test('reads the bundle alone, however large the program before it is', async () => {
    const file = join(folder, 'large')
    const size = 3 * 1024 ** 3
    const fd = openSync(file, 'w')
    ftruncateSync(fd, size)
    closeSync(fd)
    const zip = await bundleZip(entries, size)
    appendFileSync(file, zip)
    const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
    const before = bytesRead()
    expect(openBundle(file).manifest.pump).toBe('Well 1')
    expect(bytesRead() - before).toBeLessThan(zip.length + 10_000)
    rmSync(file)
  })

  test('reads of it only what is asked for, if told so', async () => {
    const model = Buffer.alloc(1_000_000, 7)
    const { 'manifest.json': _, ...others } = entries
    const file = join(folder, 'with a large model')
    await stamp({
      runtime: RUNTIME,
      entries: withManifest({ ...others, 'model/model.onnx': model }, facts),
      output: file,
      ownerOnly: false,
    })
    const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1])
    const before = bytesRead()
    const bundle = openBundle(file, 'used')
    expect(bundle.json('config/baseline.json')).toEqual({ flow_m3h: 57.3 })
    expect(bytesRead() - before).toBeLessThan(10_000)
    expect(Buffer.from(bundle.read('model/model.onnx'))).toEqual(model)
  })

  test('opens the running program when no path is given, and says that the Node which runs this test carries no pump', () => {
    expect(() => openBundle()).toThrow(`${process.execPath}: it carries no pump bundle`)
  })
})

describe('an executable is refused with one line', () => {
  test('when it does not exist', () => {
    expect(() => openBundle(join(folder, 'nothing'))).toThrow(/nothing: cannot be opened \(ENOENT.*\); name an executable/)
  })

  test('when it carries no bundle', () => {
    const copy = join(folder, 'bare')
    copyFileSync(RUNTIME, copy)
    expect(refusal(readFileSync(copy))).toMatch(
      /carries no pump bundle; it is the runtime development without a pump; build .* pump-monitor package$/,
    )
  })

  test('when it is empty or no program at all', () => {
    expect(refusal(Buffer.alloc(0))).toContain('carries no pump bundle')
    expect(refusal(Buffer.from('#!/bin/sh\necho hello\n'))).toContain('carries no pump bundle')
  })

  test('when any number of bytes is missing at its end', () => {
    const file = join(folder, 'shrinking')
    writeFileSync(file, bytes)
    for (let length = bytes.length - 1; length > bundleStart; length--) {
      truncateSync(file, length)
      expect(refusalOf(file)).toContain('its pump bundle is truncated')
    }
  })

  test('when something was added behind it', () => {
    expect(refusal(Buffer.concat([bytes, Buffer.from('\n')]))).toContain('its pump bundle is truncated')
  })

  test('when bytes were taken out of it or put into it', () => {
    const without = Buffer.concat([bytes.subarray(0, bundleStart + 50), bytes.subarray(bundleStart + 60)])
    expect(refusal(without)).toMatch(/its size is \d+ bytes, and its pump bundle was written for \d+; copy the executable again/)
  })

  test('when any single byte of its bundle differs', () => {
    const file = join(folder, 'flipped')
    writeFileSync(file, bytes)
    const fd = openSync(file, 'r+')
    for (let at = bundleStart; at < bytes.length; at++) {
      const was = bytes[at] ?? 0
      writeSync(fd, Buffer.of(was ^ (1 << (at % 8))), 0, 1, at)
      expect(refusalOf(file), `byte ${at - bundleStart} of the bundle`).toMatch(/altered|truncated|written for|newer format/)
      writeSync(fd, Buffer.of(was), 0, 1, at)
    }
    closeSync(fd)
    expect(refusalOf(file)).toBe('opened')
  })

  test('or gives exactly what was stamped, when a byte differs and only what is used is checked', () => {
    const file = join(folder, 'flipped')
    writeFileSync(file, bytes)
    const fd = openSync(file, 'r+')
    const { manifest } = openBundle(pump)
    let unseen = 0
    for (let at = bundleStart; at < bytes.length; at++) {
      const was = bytes[at] ?? 0
      writeSync(fd, Buffer.of(was ^ (1 << (at % 8))), 0, 1, at)
      const seen = seenOf(file, manifest.entries)
      if (seen === 'as it was stamped') unseen++
      else
        expect(seen, `byte ${at - bundleStart} of the bundle`).toMatch(
          /altered|truncated|written for|newer format|has no|manifest lists|no ZIP/,
        )
      writeSync(fd, Buffer.of(was), 0, 1, at)
    }
    closeSync(fd)
    // Dates, checksums and permissions for other programs.
    expect(unseen).toBeGreaterThan(0)
    expect(unseen).toBeLessThan(76 * (Object.keys(manifest.entries).length + 1) + 90)
  })

  test('when its bundle has a newer format or a newer schema', async () => {
    const newer = Buffer.from(bytes.toString('latin1').replace(/bundle 01 offset/, 'bundle 02 offset'), 'latin1')
    expect(refusal(newer)).toContain('its pump bundle has a newer format; build the executable again')
    expect(refusal(await stampedWith(withOtherManifest({ schema_version: 2 })))).toContain(
      'its pump bundle has schema version 2, and this program (development) reads up to 1',
    )
  })

  test('when its manifest does not list what is there', async () => {
    const { 'README.md': _, ...fewer } = entries
    expect(refusal(await stampedWith(fewer))).toContain('other entries than its manifest lists')
    expect(refusal(await stampedWith({ ...entries, 'config/extra.json': Buffer.from('{}') }))).toContain('other entries')
    expect(refusal(await stampedWith({ ...entries, 'README.md': Buffer.from('longer than it was') }))).toContain('other entries')
    expect(refusal(await stampedWith(withOtherManifest({ entries: undefined })))).toContain('is no manifest of schema version 1')
  })

  test('when an entry of the right size is not the one that the manifest lists', async () => {
    const output = join(folder, 'swapped')
    writeFileSync(output, await stampedWith({ ...entries, 'README.md': Buffer.from('# Well 2\n') }))
    expect(() => openBundle(output).read('README.md')).toThrow('README.md in its pump bundle is not what the manifest lists')
  })

  test('when it is a ZIP that holds something compressed', async () => {
    const changed = Buffer.from(bytes)
    const central = changed.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]))
    changed.writeUInt16LE(8, central + 10)
    const end =
      changed.length -
      Buffer.from(bytes.toString('latin1').slice(bytes.toString('latin1').lastIndexOf('pump-monitor bundle')), 'latin1').length
    const sha256 = createHash('sha256').update(changed.subarray(bundleStart, end)).digest('hex')
    changed.write(sha256, changed.length - 65, 'latin1')
    expect(refusal(changed)).toContain('model/model.onnx is compressed')
  })
})
