import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import addFormats from 'ajv-formats'
import JSZip from 'jszip'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod/mini'
import type { BuiltPump } from '../../build/build-pump.ts'
import { deploymentJsonSchema } from '../../build/configuration-table.ts'
import { installFiles } from '../../build/install-files.ts'
import { ROOT } from '../../build/root.ts'
import { thirdParties } from '../../build/third-party.ts'
import { deploymentSchema } from '../../src/bundle/deployment.ts'
import type { JsonSchema } from '../../src/edge/json-schema.ts'
import { withOverlay } from '../../src/edge/overlay.ts'
import { EXIT } from '../../src/failure.ts'
import { hasPrograms, requireOrSkip } from '../require.ts'
import { smallArtifact } from './small-artifact.ts'
import { SMALL_RUNTIME } from './small-runtime.ts'

let folder: string
let built: BuiltPump
let unpacked: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pump-monitor-artifact-'))
  built = await smallArtifact(folder)
  unpacked = join(folder, 'unpacked')
  mkdirSync(unpacked)
  const zip = await JSZip.loadAsync(readFileSync(String(built.artifact?.path)))
  for (const [name, file] of Object.entries(zip.files)) writeFileSync(join(unpacked, name), await file.async('nodebuffer'))
})

afterAll(() => rmSync(folder, { recursive: true }))

const textOf = (name: string): string => readFileSync(join(unpacked, name), 'utf8')

interface Bom {
  readonly metadata: { readonly component: { readonly hashes: readonly { readonly content: string }[] } }
  readonly components: readonly {
    readonly type: string
    readonly name: string
    readonly version?: string
    readonly licenses?: readonly unknown[]
    readonly hashes?: readonly { readonly content: string }[]
    readonly components?: readonly { readonly name: string; readonly version: string }[]
    readonly modelCard?: {
      readonly quantitativeAnalysis: { readonly performanceMetrics: readonly { readonly type: string; readonly value: string }[] }
    }
  }[]
}

describe('the bill of materials', () => {
  const bom = () => JSON.parse(textOf('sbom.cdx.json')) as Bom

  /** The official JSON schema of CycloneDX 1.6 with those that it refers to. */
  function officialSchema() {
    const require = createRequire(import.meta.url)
    const res = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema')
    const schema = (name: string) => JSON.parse(readFileSync(join(res, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object
    const ajv = new Ajv({ strict: false })
    for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
      ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
    }
    addFormats.default(ajv)
    ajv.addFormat('iri-reference', true)
    ajv.addFormat('idn-email', true)
    return ajv.compile(schema('bom-1.6'))
  }

  test('is valid by the official schema of CycloneDX, which finds what is planted', () => {
    const isValid = officialSchema()
    expect(isValid(bom()), JSON.stringify(isValid.errors)).toBe(true)
    const [first, ...rest] = bom().components
    expect(isValid({ ...bom(), components: [{ ...first, licenses: [{ license: { id: 'No-Such-Licence' } }] }, ...rest] })).toBe(
      false,
    )
    expect(isValid({ ...bom(), components: [first, first] })).toBe(false)
    expect(isValid({ ...bom(), metadata: { ...bom().metadata, timestamp: 'yesterday' } })).toBe(false)
  })

  test('lists Node with what is in it, ONNX Runtime, and each package with version and licence', () => {
    const { components } = bom()
    const find = (name: string) => components.find((component) => component.name === name)
    expect(find('node')).toMatchObject({ version: '24.21.0', licenses: [{ license: { id: 'MIT' } }] })
    expect(find('node')?.components).toContainEqual(
      expect.objectContaining({ name: 'openssl', version: process.versions.openssl }),
    )
    expect(find('onnxruntime')).toMatchObject({ version: '1.30.0', licenses: [{ license: { id: 'MIT' } }] })
    for (const name of SMALL_RUNTIME.packages) {
      const { version, license } = JSON.parse(readFileSync(join(ROOT, 'node_modules', name, 'package.json'), 'utf8')) as Record<
        string,
        string
      >
      expect(find(name), name).toMatchObject({ version, licenses: [{ license: { id: license } }] })
    }
  })

  test('has the hash of the executable, of the model and of each other file inside, and the metrics of the model', () => {
    const { metadata, components } = bom()
    expect(metadata.component.hashes[0]?.content).toBe(built.executable.sha256)
    const manifest = JSON.parse(textOf('manifest.json')) as { entries: Record<string, { sha256: string }> }
    const model = components.find(({ type }) => type === 'machine-learning-model')
    expect(model?.hashes?.[0]?.content).toBe(manifest.entries['model/model.onnx']?.sha256)
    const trained = JSON.parse(readFileSync(join(ROOT, 'models', 'well-1', 'metadata.json'), 'utf8')) as {
      metrics: { held_out: { balanced_accuracy: number } }
    }
    expect(model?.modelCard?.quantitativeAnalysis.performanceMetrics).toContainEqual({
      type: 'held_out.balanced_accuracy',
      value: String(trained.metrics.held_out.balanced_accuracy),
    })
    const files = components.filter(({ type }) => type === 'data').map(({ name, hashes }) => [name, hashes?.[0]?.content])
    expect(Object.fromEntries(files)).toEqual(
      Object.fromEntries(
        Object.entries(manifest.entries)
          .filter(([name]) => name !== 'model/model.onnx')
          .map(([name, { sha256 }]) => [name, sha256]),
      ),
    )
  })
})

test('the licence texts are those of everything that others wrote, ONNX Runtime in the very version that is inside', () => {
  const text = textOf('THIRD_PARTY_LICENSES.txt')
  for (const { name, version } of thirdParties(SMALL_RUNTIME.packages)) expect(text).toContain(`\n${name} ${version}\n`)
  expect(text).toMatch(/Copyright Node\.js contributors/)
  expect(text).toMatch(/Copyright \(c\) Microsoft Corporation/)
  expect(text).toMatch(/THIRD PARTY SOFTWARE NOTICES AND INFORMATION/)
})

describe('the files that install it', () => {
  test('give each pump of a site a minute of its own, the same for cron and systemd', () => {
    const minutes = Array.from({ length: 30 }, (_, index) => {
      const files = installFiles({
        manifest: { pump: `Well ${index}`, slug: `well-${index}`, artifact_version: '1.0.0' },
        apiUrl: null,
      })
      const minute = Number(/^(\d+) \* \* \* \* /.exec(files['crontab.txt'] ?? '')?.[1])
      expect(files[`well-${index}.timer`]).toContain(`OnCalendar=*-*-* *:${String(minute).padStart(2, '0')}:00`)
      return minute
    })
    expect(Math.max(...minutes)).toBeLessThan(60)
    expect(new Set(minutes).size).toBeGreaterThan(15)
  })

  test('start the pumps of one minute some seconds apart, and call it no failure when another run is at work', () => {
    expect(textOf('well-1.timer')).toMatch(/^RandomizedDelaySec=30s\nFixedRandomDelay=true$/m)
    expect(textOf('well-1.service')).toMatch(new RegExp(`^SuccessExitStatus=${EXIT.busy}$`, 'm'))
  })

  test('have a crontab of one line that cron reads whole', () => {
    expect(textOf('crontab.txt')).toMatch(/^[^\n%]+\n$/)
  })

  test('have an overlay without a secret that the program accepts', () => {
    const embedded = JSON.parse(readFileSync(join(ROOT, 'fixtures', 'well-1', 'deployment.json'), 'utf8')) as object
    const deployment = z.parse(deploymentSchema, embedded)
    const { api } = withOverlay(deployment, deploymentJsonSchema() as JsonSchema, join(unpacked, 'overlay.example.json'), '/')
    expect(api).toMatchObject({ token_file: 'token', bearer_token: null, base_url: deployment.api.base_url })
  })
})

describe.runIf(requireOrSkip(hasPrograms('systemd-analyze'), 'apt-get install systemd'))('the systemd units', () => {
  /** A root with systemd's own units, ours, and what they start. */
  function rootWith(service: string): string {
    const root = mkdtempSync(join(folder, 'root-'))
    const units = join(root, 'etc', 'systemd', 'system')
    const program = join(root, 'opt', 'pump-monitor', 'well-1')
    for (const path of [units, program]) mkdirSync(path, { recursive: true })
    cpSync('/usr/lib/systemd/system', join(root, 'usr', 'lib', 'systemd', 'system'), { recursive: true })
    cpSync(built.executable.path, join(program, 'current'))
    writeFileSync(join(units, 'well-1.service'), service)
    writeFileSync(join(units, 'well-1.timer'), textOf('well-1.timer'))
    return root
  }

  const verify = (service: string) =>
    spawnSync('systemd-analyze', ['verify', `--root=${rootWith(service)}`, 'well-1.service', 'well-1.timer'], {
      encoding: 'utf8',
    })

  test('pass systemd-analyze verify without a word, which finds a mistyped key and a missing program', () => {
    const service = textOf('well-1.service')
    expect(verify(service)).toMatchObject({ status: 0, stdout: '', stderr: '' })
    expect(verify(service.replace('ProtectClock=', 'ProtectClok=')).stderr).toContain("Unknown key 'ProtectClok'")
    expect(verify(service.replace('well-1/current', 'well-1/nothing'))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('is not executable'),
    })
  })

  test('are exposed no more than 1.5 by systemd-analyze security, and more without what hardens them', () => {
    const security = (service: string) => {
      const file = join(folder, 'well-1.service')
      writeFileSync(file, service)
      return spawnSync('systemd-analyze', ['security', '--offline=yes', '--threshold=15', '--no-pager', file], {
        encoding: 'utf8',
      })
    }
    const service = textOf('well-1.service')
    expect(security(service).status).toBe(0)
    expect(security(service.replace(/^(Protect|Restrict|SystemCall).*\n/gm, '')).status).not.toBe(0)
  })
})

describe.runIf(requireOrSkip(hasPrograms('shellcheck'), 'apt-get install shellcheck'))('shell that people copy', () => {
  /** The shell blocks of a Markdown text as one script each. */
  const blocks = (markdown: string): string[] =>
    [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, script]) => script ?? '')

  function shellcheck(script: string) {
    // What a person types cannot be followed by an `|| exit`, and ~ is theirs.
    const { status, stdout } = spawnSync('shellcheck', ['--shell=bash', '--exclude=SC2164', '-'], {
      input: script,
      encoding: 'utf8',
    })
    return { status, stdout }
  }

  test.each(['README of a pump', 'build/README.md', 'README.md', 'src/edge/README.md'])('in %s passes shellcheck', (name) => {
    const scripts = blocks(name === 'README of a pump' ? textOf('README.md') : readFileSync(join(ROOT, name), 'utf8'))
    if (name !== 'src/edge/README.md') expect(scripts.length).toBeGreaterThan(1)
    for (const script of scripts) expect(shellcheck(script), script).toEqual({ status: 0, stdout: '' })
  })

  test('is really looked at: a planted mistake is found', () => {
    const [script = ''] = blocks('text\n\n```sh\nrm -r $folder/*\n```\n')
    expect(shellcheck(script).stdout).toContain('SC2086')
  })

  test('in the steps of the release workflow passes shellcheck', () => {
    const workflow = readFileSync(join(ROOT, '.github', 'workflows', 'release.yml'), 'utf8')
    const runs = [...workflow.matchAll(/^( +)(?:- )?run: \|\n((?:\1 {2,}.*\n|\n)+)/gm)].map(([, , script]) => script ?? '')
    const single = [...workflow.matchAll(/^ +(?:- )?run: ([^|\n].*)$/gm)].map(([, script]) => `${script}\n`)
    expect(runs.length + single.length).toBeGreaterThan(3)
    for (const script of [...runs, ...single])
      expect(shellcheck(script.replaceAll(/\$\{\{.*?\}\}/g, 'value')), script).toEqual({ status: 0, stdout: '' })
  })
})

test('no secret is in any file of an artifact', () => {
  for (const name of readdirSync(unpacked)) {
    if (name === 'well1_v1.0.0') continue
    expect(textOf(name), name).not.toMatch(/PRIVATE KEY|Bearer [A-Za-z0-9]/)
  }
})
