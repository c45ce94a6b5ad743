import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { ENTRY } from '../src/bundle/layout.ts'
import { type Bundle, openBundle } from '../src/bundle/open.ts'
import { failureLine } from '../src/failure.ts'
import type { ModelMetadata, ScalerParameters } from '../src/model/metadata.ts'
import { bundleProblems } from './bundle-schemas.ts'
import type { CheckList } from './check-list.ts'
import { sayTheSame } from './quick-model.ts'
import { modelProblems } from './sample-predictions.ts'

/**
 * Checks every byte of an executable and what its bundle means: the bundle from the outside in, the program before it,
 * the schemas, and the model's answers to sample rows. null: it has no sound bundle.
 */
export async function verifyExecutable(path: string, { check }: CheckList): Promise<Bundle | null> {
  let bundle: Bundle | null = null
  const isSound = await check('bundle', () => {
    const opened = openBundle(path)
    for (const name of opened.names) opened.read(name)
    bundle = opened
    return `${opened.names.length} entries, sha256 ${opened.trailer.sha256}`
  })
  const sound = bundle as Bundle | null
  if (!isSound || sound === null) return null
  const hasSchemas = await check('schemas', () => {
    const [first, ...more] = bundleProblems(sound)
    if (first === undefined) return 'manifest, configuration, baseline, tolerances, columns and model metadata are well formed'
    return { failed: `${failureLine(first)}${more.length === 0 ? '' : ` (and ${more.length} more)`}` }
  })
  await check('program', async () => await programFinding(path, sound))
  if (hasSchemas) await check('model', async () => await modelFinding(sound))
  return sound
}

/** The whole program is as it was built, and for the machine that the manifest names. */
async function programFinding(path: string, { manifest, trailer }: Bundle) {
  const { target, runtime_sha256: expected, runtime_version: version } = manifest
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { end: trailer.offset - 1, highWaterMark: 1 << 20 }), hash)
  const found = hash.digest('hex')
  if (found !== expected) return { failed: `it was altered: its sha256 is ${found}, and the manifest says ${expected}` }
  const machine = await machineOf(path)
  if (machine !== MACHINES[target]) return { failed: `it is for another machine (${machine}) than the manifest says (${target})` }
  return `pump-monitor ${version} for ${target}, sha256 ${found}`
}

/** `e_machine` of the ELF header (System V ABI, chapter 4). */
const MACHINES = { 'linux-x64': 62, 'linux-arm64': 183 } as const

async function machineOf(path: string): Promise<number> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(20), 0, 20, 0)
    return buffer.readUInt16LE(18)
  } finally {
    await file.close()
  }
}

async function modelFinding(bundle: Bundle) {
  if (!bundle.has(ENTRY.modelOnnx)) return { skipped: 'there is none; only the tolerances are checked' }
  const metadata = bundle.json<ModelMetadata>(ENTRY.modelMetadata)
  const scaler = bundle.has(ENTRY.scaler) ? bundle.json<ScalerParameters>(ENTRY.scaler) : null
  const onnx = bundle.read(ENTRY.modelOnnx)
  if (createHash('sha256').update(onnx).digest('hex') !== metadata.sha256) {
    return { failed: `${ENTRY.modelOnnx} is not the one that ${ENTRY.modelMetadata} describes` }
  }
  const [problem] = await modelProblems('model', { onnx, metadata, scaler })
  if (problem !== undefined) return { failed: failureLine(problem) }
  if (bundle.has(ENTRY.modelQuick) && !(await sayTheSame(onnx, bundle.read(ENTRY.modelQuick), metadata))) {
    return { failed: `${ENTRY.modelQuick} gives other answers than ${ENTRY.modelOnnx}` }
  }
  return `${metadata.name} ${metadata.version} loads and answers, sha256 ${metadata.sha256}`
}
