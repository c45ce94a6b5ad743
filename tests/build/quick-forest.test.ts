import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { quickForest, treeNodes } from '../../build/quick-forest.ts'
import { sayTheSame } from '../../build/quick-model.ts'
import type { ModelMetadata } from '../../src/model/metadata.ts'
import { createRandom } from '../../src/training/random.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const WELL = join(ROOT, 'models', 'well-1')
const SKLEARN = join(ROOT, 'fixtures', 'sklearn')

const { onnx } = onnxProto

/** Boosted trees, doubles and the ZipMap of a sequence are left as they are. */
const COVERED: readonly string[] = [
  'forest-2-integers-zipmap-columns.onnx',
  'forest-2-integers.onnx',
  'forest-2-strings.onnx',
  'forest-4-integers.onnx',
  'forest-4-strings.onnx',
  'forest-zipmap-columns.onnx',
  'forest.onnx',
  'isolation.onnx',
  'pipeline.onnx',
]

/** Every threshold of a model's trees: rows that hold them lie on the edge of a branch. */
function thresholdsOf(bytes: Uint8Array): number[] {
  const nodes = onnx.ModelProto.decode(bytes).graph?.node ?? []
  return nodes.flatMap(({ attribute }) => attribute?.find(({ name }) => name === 'nodes_values')?.floats ?? [])
}

/** Rows of which half of the values stand exactly on a threshold. */
function rowsOnEdges(count: number, width: number, thresholds: readonly number[], seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: count * width }, () =>
    random.uniform() < 0.5 ? (thresholds[Math.floor(random.uniform() * thresholds.length)] ?? 0) : 6 * random.uniform() - 3,
  )
}

async function bits(bytes: Uint8Array, outputs: readonly string[], rows: Float32Array, count: number): Promise<string> {
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, logSeverityLevel: 4 })
  const [input = ''] = session.inputNames
  const answers = await session.run({ [input]: new Tensor('float32', rows, [count, rows.length / count]) }, [...outputs])
  return outputs.map((name) => bytesOf(answers[name]?.data).toString('hex')).join(' ')
}

function bytesOf(data: unknown): Buffer {
  if (!(data instanceof Float32Array)) throw new Error('an output is no float32')
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

async function expectSameBits(bytes: Uint8Array, quick: Uint8Array, outputs: readonly string[], width: number) {
  for (const count of [1, 2, 3, 24, 500]) {
    const rows = rowsOnEdges(count, width, thresholdsOf(bytes), count)
    expect(await bits(quick, outputs, rows, count)).toBe(await bits(bytes, outputs, rows, count))
  }
}

describe('trees as tables', () => {
  test('give the same bits as the trees, for classes and for the remaining life, also on the edge of a branch', async () => {
    const bytes = readFileSync(join(WELL, 'model.onnx'))
    const metadata = JSON.parse(readFileSync(join(WELL, 'metadata.json'), 'utf8')) as ModelMetadata
    const quick = quickForest(bytes, ['probabilities', 'rul_days'])
    expect(treeNodes(bytes)).toBeGreaterThan(20_000)
    expect(quick).not.toBeNull()
    await expectSameBits(bytes, quick as Uint8Array, ['probabilities', 'rul_days'], metadata.features.length)
    expect(treeNodes(quick as Uint8Array)).toBe(0)
  })

  test('are made of what scikit-learn exports, or the model is left as it is', async () => {
    const covered: string[] = []
    for (const name of readdirSync(SKLEARN).filter((file) => file.endsWith('.onnx'))) {
      const bytes = readFileSync(join(SKLEARN, name))
      const { inputMetadata, outputMetadata } = await InferenceSession.create(bytes, { logSeverityLevel: 4 })
      const [input] = inputMetadata
      const outputs = outputMetadata.flatMap((one) => (one.isTensor && one.type === 'float32' ? [one.name] : []))
      if (input?.isTensor !== true || input.type !== 'float32' || typeof input.shape[0] === 'number') continue
      const quick = outputs.length === 0 ? null : quickForest(bytes, outputs)
      if (quick === null) continue
      covered.push(name)
      await expectSameBits(bytes, quick, outputs, Number(input.shape[1]))
    }
    expect(covered).toEqual(COVERED)
  })

  test('that were changed are told from the trees', async () => {
    const bytes = readFileSync(join(WELL, 'model.onnx'))
    const metadata = JSON.parse(readFileSync(join(WELL, 'metadata.json'), 'utf8')) as ModelMetadata
    const quick = onnx.ModelProto.decode(quickForest(bytes, ['probabilities', 'rul_days']) as Uint8Array)
    expect(await sayTheSame(bytes, onnx.ModelProto.encode(quick).finish(), metadata)).toBe(true)
    const values = quick.graph?.initializer?.find(({ name }) => name === 'trees0.values')?.rawData
    if (values === undefined || values === null) throw new Error('there are no values')
    const floats = new Float32Array(Uint8Array.from(values).buffer).map((value) => value * (1 + 1e-6))
    values.set(new Uint8Array(floats.buffer))
    expect(await sayTheSame(bytes, onnx.ModelProto.encode(quick).finish(), metadata)).toBe(false)
  })
})
