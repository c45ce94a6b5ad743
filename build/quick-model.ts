import type { ModelMetadata } from '../src/model/metadata.ts'
import { createOnnxSession, type ModelOutput, sessionOf } from '../src/model/session.ts'
import { quickForest, treeNodes } from './quick-forest.ts'
import { sampleRows } from './sample-rows.ts'

/** Trees of fewer nodes are loaded in no time as they are. */
const LEAST_NODES = 20_000
/** Rows that both forms are asked about, in blocks of these sizes: ONNX Runtime adds in other ways for other sizes. */
const BLOCKS = [1, 2, 24, 168, 800]

/**
 * The model in a form that is loaded faster, for runs of few readings; null where it has none, or where its answers
 * would differ in a single bit on sample rows.
 */
export async function quickModel(model: Uint8Array, metadata: ModelMetadata): Promise<Uint8Array | null> {
  if (last?.sha256 !== metadata.sha256) last = { sha256: metadata.sha256, quick: makeQuick(model, metadata) }
  return await last.quick
}

/** A fleet often has one model for many pumps. */
let last: { readonly sha256: string; readonly quick: Promise<Uint8Array | null> } | null = null

async function makeQuick(model: Uint8Array, metadata: ModelMetadata): Promise<Uint8Array | null> {
  if (treeNodes(model) < LEAST_NODES) return null
  const { probabilities, score, rul_days } = metadata.outputs
  const quick = quickForest(
    model,
    [probabilities, score, rul_days].filter((name) => name !== null),
  )
  return quick !== null && (await sayTheSame(model, quick, metadata)) ? quick : null
}

/** Whether two forms of a model give the same bits on sample rows. */
export async function sayTheSame(model: Uint8Array, quick: Uint8Array, metadata: ModelMetadata): Promise<boolean> {
  const ort = await import('onnxruntime-node')
  const [slow, fast] = [
    sessionOf(ort, await createOnnxSession(ort, model), metadata),
    sessionOf(ort, await createOnnxSession(ort, quick), metadata),
  ]
  for (const count of BLOCKS) {
    const rows = sampleRows(count, metadata.features.length, count)
    if (!isSame(await slow.run(rows, count), await fast.run(rows, count))) return false
  }
  return true
}

function isSame(a: ModelOutput, b: ModelOutput): boolean {
  const pairs = [
    [a.probabilities, b.probabilities],
    [a.score, b.score],
    [a.rulDays, b.rulDays],
  ] as const
  return pairs.every(([one, other]) =>
    one === null || other === null
      ? one === other
      : one.length === other.length && one.every((value, index) => Object.is(value, other[index])),
  )
}
