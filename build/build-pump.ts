import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { ENTRY } from '../src/bundle/layout.ts'
import { writeArtifact } from './artifact.ts'
import { bundleEntries } from './bundle-entries.ts'
import type { PumpInputs } from './inputs.ts'
import type { Runtime } from './runtime.ts'
import type { RuntimePart } from './runtime-part.ts'
import type { SigningKey } from './signature.ts'
import { stamp } from './stamp.ts'

/** What all pumps of one build share. */
export interface Workshop {
  readonly runtime: Runtime
  /** null: no ZIPs are wanted. */
  readonly part: RuntimePart | null
  readonly buildTime: Date
  readonly key: SigningKey | null
}

/** One pump's two files; the ZIP is named after the executable. */
export interface BuiltPump {
  readonly executable: string
  /** null: none was wanted. */
  readonly artifact: string | null
  readonly modelSize: number
}

/** Stamps the executable of a pump and, where one is wanted, packs its artifact. */
export async function buildPump(
  inputs: PumpInputs,
  { version, executable }: { readonly version: string; readonly executable: string },
  { runtime, part, buildTime, key }: Workshop,
): Promise<BuiltPump> {
  const name = basename(executable)
  const entries = bundleEntries(inputs, { version, buildTime, name }, runtime)
  const ownerOnly = inputs.deployment.api.bearer_token !== null
  await stamp({ runtime: runtime.path, entries, output: executable, ownerOnly })
  const modelSize = entries[ENTRY.modelOnnx]?.length ?? 0
  if (part === null) return { executable, artifact: null, modelSize }
  const artifact = `${executable}.zip`
  await writeArtifact({ runtime, part, entries, name, ownerOnly, key, output: artifact })
  return { executable, artifact, modelSize }
}

/** Where the bytes of an executable go, for people. */
export async function sizesInWords({ executable, artifact, modelSize }: BuiltPump, runtime: Runtime): Promise<string> {
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`
  const { node, onnxRuntime, program } = runtime.parts
  const size = (await stat(executable)).size
  const parts = [
    `Node ${mb(node)}`,
    `ONNX Runtime ${mb(onnxRuntime)}`,
    `program ${mb(program)}`,
    `model ${mb(modelSize)}`,
    `the rest ${mb(size - node - onnxRuntime - program - modelSize)}`,
  ]
  const lines = [`  ${executable}  ${mb(size)}: ${parts.join(', ')}`]
  if (artifact !== null) lines.push(`  ${artifact}  ${mb((await stat(artifact)).size)}`)
  return `${lines.join('\n')}\n`
}
