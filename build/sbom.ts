import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ENTRY } from '../src/bundle/layout.ts'
import type { Manifest } from '../src/bundle/manifest.ts'
import type { ModelMetadata } from '../src/model/metadata.ts'
import type { BundleEntries } from './manifest.ts'
import { numbersIn } from './numbers-in.ts'
import { ROOT } from './root.ts'
import type { Runtime } from './runtime.ts'
import { TARGETS } from './targets.ts'
import { npmLicence, npmVersion } from './third-party.ts'

/** The finished executable that a bill is for. */
export interface Executable {
  readonly name: string
  /** Hex. */
  readonly sha256: string
}

/** A component of CycloneDX 1.6, as far as we state it. */
interface Component {
  readonly type: 'application' | 'library' | 'platform' | 'machine-learning-model' | 'data'
  readonly 'bom-ref': string
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly licenses?: readonly { readonly license: { readonly id: string } }[]
  readonly purl?: string
  readonly cpe?: string
  readonly hashes?: readonly { readonly alg: 'SHA-256'; readonly content: string }[]
  readonly properties?: readonly Property[]
  readonly components?: readonly Component[]
  readonly modelCard?: object
}

interface Property {
  readonly name: string
  readonly value: string
}

/**
 * What is really inside an executable, as CycloneDX 1.6 (ECMA-424): Node with the libraries in it, ONNX Runtime, the npm
 * packages of which esbuild took something, the model with its hash and metrics, and the configuration's files. It
 * carries no serial number and no time but the build's, so that equal inputs give equal bytes.
 */
export function sbom(executable: Executable, entries: BundleEntries, runtime: Runtime): string {
  const manifest = parse<Manifest>(entries, ENTRY.manifest)
  const program: Component = {
    type: 'application',
    'bom-ref': 'executable',
    name: manifest.slug,
    version: manifest.artifact_version,
    description: `pump-monitor for ${manifest.pump}, ${manifest.target}`,
    hashes: sha256(executable.sha256),
    properties: [
      { name: 'pump-monitor:file', value: executable.name },
      { name: 'pump-monitor:runtime_sha256', value: runtime.sha256 },
    ],
  }
  const inside = [pumpMonitor(runtime), node(runtime), onnxRuntime(), ...runtime.packages.map(npmComponent)]
  const carried = [...modelOf(entries, manifest), ...filesOf(manifest)]
  const components = [...inside, ...carried]
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { timestamp: manifest.build_time, component: program },
    components,
    dependencies: [
      { ref: 'executable', dependsOn: ['pump-monitor', ...carried.map((component) => component['bom-ref'])] },
      { ref: 'pump-monitor', dependsOn: inside.slice(1).map((component) => component['bom-ref']) },
    ],
    compositions: [{ aggregate: 'complete', assemblies: ['executable'] }],
  }
  return `${JSON.stringify(bom, null, 2)}\n`
}

function pumpMonitor({ version, target, strip }: Runtime): Component {
  const { license } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly license: string }
  return {
    type: 'application',
    'bom-ref': 'pump-monitor',
    name: 'pump-monitor',
    version,
    licenses: [{ license: { id: license } }],
    properties: [
      { name: 'pump-monitor:target', value: target },
      { name: 'pump-monitor:stripped_by', value: strip ?? 'nobody' },
    ],
  }
}

/** Node names itself what it was built with; the Node that builds is the one that goes inside. */
function node({ nodeVersion, target }: Runtime): Component {
  const { nodePackage, nodeSha256 } = TARGETS[target]
  const parts = Object.entries(process.versions).filter(([name, version]) => NODE_PARTS.has(name) && version)
  return {
    type: 'platform',
    'bom-ref': 'node',
    name: 'node',
    version: nodeVersion,
    description: 'as published, before it was stripped',
    licenses: [{ license: { id: 'MIT' } }],
    purl: `pkg:npm/${nodePackage}@${nodeVersion}`,
    cpe: `cpe:2.3:a:nodejs:node.js:${nodeVersion}:*:*:*:*:*:*:*`,
    hashes: sha256(nodeSha256),
    components: parts.map(([name, version]) => ({
      type: 'library',
      'bom-ref': `node/${name}`,
      name,
      version: String(version),
      purl: `pkg:generic/${name}@${version}`,
    })),
  }
}

/** Those of `process.versions` that are software of its own, and not a format, a data set or an interface. */
const NODE_PARTS = new Set(
  'acorn ada amaro ares brotli llhttp nghttp2 openssl simdjson simdutf sqlite undici uv uvwasi v8 zlib zstd icu'.split(' '),
)

function onnxRuntime(): Component {
  const version = npmVersion('onnxruntime-node')
  return {
    type: 'library',
    'bom-ref': 'onnxruntime',
    name: 'onnxruntime',
    version,
    description: 'libonnxruntime.so.1 and onnxruntime_binding.node, compressed',
    licenses: [{ license: { id: npmLicence('onnxruntime-node') } }],
    purl: `pkg:github/microsoft/onnxruntime@v${version}`,
    cpe: `cpe:2.3:a:microsoft:onnx_runtime:${version}:*:*:*:*:*:*:*`,
  }
}

function npmComponent(name: string): Component {
  const version = npmVersion(name)
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    licenses: [{ license: { id: npmLicence(name) } }],
    purl,
  }
}

function modelOf(entries: BundleEntries, manifest: Manifest): Component[] {
  const listed = manifest.entries[ENTRY.modelOnnx]
  if (listed === undefined) return []
  const { name, version, description, kind, features, classes, metrics } = parse<ModelMetadata>(entries, ENTRY.modelMetadata)
  return [
    {
      type: 'machine-learning-model',
      'bom-ref': 'model',
      name,
      version,
      ...(description === '' ? {} : { description }),
      hashes: sha256(listed.sha256),
      modelCard: {
        modelParameters: {
          task: kind,
          inputs: features.map((format) => ({ format })),
          outputs: classes.map((format) => ({ format })),
        },
        quantitativeAnalysis: { performanceMetrics: numbersIn(metrics).map(([type, value]) => ({ type, value: String(value) })) },
      },
    },
  ]
}

function filesOf({ entries }: Manifest): Component[] {
  return Object.entries(entries)
    .filter(([name]) => name !== ENTRY.modelOnnx)
    .map(([name, entry]) => ({ type: 'data', 'bom-ref': `bundle/${name}`, name, hashes: sha256(entry.sha256) }))
}

function sha256(content: string) {
  return [{ alg: 'SHA-256', content }] as const
}

function parse<T>(entries: BundleEntries, name: string): T {
  return JSON.parse(new TextDecoder().decode(entries[name])) as T
}
