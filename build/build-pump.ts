import { basename } from 'node:path'
import { ENTRY } from '../src/bundle/layout.ts'
import { writeArtifact } from './artifact.ts'
import { bundleEntries } from './bundle-entries.ts'
import { bundleHash } from './bundle-zip.ts'
import type { PumpInputs } from './inputs.ts'
import type { Runtime } from './runtime.ts'
import type { RuntimePart } from './runtime-part.ts'
import type { SigningKey } from './signature.ts'
import { stamp } from './stamp.ts'

/** What all pumps of one build share. */
export interface Workshop {
  readonly runtime: Runtime
  readonly part: RuntimePart
  readonly buildTime: Date
  readonly key: SigningKey | null
  /** Whether a ZIP is wanted as well. */
  readonly zip: boolean
}

interface BuiltFile {
  readonly path: string
  readonly size: number
  readonly sha256: string
}

export interface BuiltPump {
  readonly executable: BuiltFile
  /** Named after the executable; null: none was wanted. */
  readonly artifact: BuiltFile | null
  readonly bundleSha256: string
  readonly modelSize: number
}

/** Stamps the executable of a pump and, where one is wanted, packs its artifact. */
export async function buildPump(
  inputs: PumpInputs,
  { version, executable: path }: { readonly version: string; readonly executable: string },
  { runtime, part, buildTime, key, zip }: Workshop,
): Promise<BuiltPump> {
  const name = basename(path)
  const entries = bundleEntries(inputs, { version, buildTime, name }, runtime)
  const ownerOnly = inputs.deployment.api.bearer_token !== null
  const bundle = await stamp({ runtime: runtime.path, entries, output: path, ownerOnly })
  const sha256 = part.hash.copy().update(bundle).digest('hex')
  const built = {
    executable: { path, size: runtime.size + bundle.length, sha256 },
    bundleSha256: bundleHash(bundle),
    modelSize: entries[ENTRY.modelOnnx]?.length ?? 0,
  }
  if (!zip) return { ...built, artifact: null }
  const output = `${path}.zip`
  const written = await writeArtifact({ runtime, part, entries, bundle, name, ownerOnly, key, output })
  return { ...built, artifact: { path: output, size: written.size, sha256: written.sha256 } }
}

/** Where the bytes of an executable go, for people. */
export function sizesInWords({ executable, artifact, modelSize }: BuiltPump, { parts }: Runtime): string {
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  const rest = executable.size - parts.node - parts.onnxRuntime - parts.program - modelSize
  const shares = Object.entries({
    Node: parts.node,
    'ONNX Runtime': parts.onnxRuntime,
    program: parts.program,
    model: modelSize,
    'the rest': rest,
  }).map(([name, bytes]) => `${name} ${mb(bytes)}`)
  const lines = [`  ${executable.path}  ${mb(executable.size)}: ${shares.join(', ')}`]
  if (artifact !== null) lines.push(`  ${artifact.path}  ${mb(artifact.size)}`)
  return `${lines.join('\n')}\n`
}
