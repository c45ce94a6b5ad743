import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import onnxProto from 'onnx-proto'
import { type Cache, cached } from '../../../build/cache.ts'
import { ROOT } from '../../../build/root.ts'
import type { ModelMetadata, ScalerParameters } from '../../../src/model/metadata.ts'
import { WELL_1 } from '../../binary/packaged.ts'
import { PYTHON } from './peer.ts'
import { ran } from './ran.ts'

const TREES = '200'
const LIVES = ['--count', '60', '--seed', '1']
const TRAINING = [
  ...['--label', 'label', '--columns', WELL_1.columns, '--baseline', WELL_1.baseline],
  // The features of a single reading: what a short script can compute as well.
  ...['--features', 'flow.deviation,head.deviation,power.deviation,efficiency.deviation,speed'],
  ...['--trees', TREES, '--min-leaf', '5', '--bag', 'rows', '--bag-share', '0.5', '--seed', '1'],
]

/** The forest of the bench in both forms. */
export interface BenchForest {
  /** As `pump-monitor package --model` takes it. */
  readonly model: string
  /** The same trees for scikit-learn; null without the Python peer. */
  readonly joblib: string | null
  readonly trees: number
  readonly nodes: number
  readonly onnxBytes: number
}

/** Trains a forest of 200 trees on synthetic lives, and gives the very same trees to scikit-learn. */
export async function benchForest(cache: Cache, peer: Readonly<Record<string, string>> | null): Promise<BenchForest> {
  const model = join(
    await cached(cache, 'bench-forest', { lives: LIVES.join(' '), training: TRAINING.join(' ') }, train),
    'model',
  )
  const forest = forestOf(model)
  const nodes = forest.trees.reduce((sum, tree) => sum + tree.left.length, 0)
  const onnxBytes = readFileSync(join(model, 'model.onnx')).length
  const joblib = peer === null ? null : await forPython(cache, forest, peer)
  return { model, joblib, trees: forest.trees.length, nodes, onnxBytes }
}

async function train(folder: string): Promise<void> {
  const lives = join(folder, 'lives')
  ran(process.execPath, [join(ROOT, 'fixtures', 'generate.ts'), '--lives', lives, ...LIVES])
  const data = Array.from({ length: 60 }, (_, index) => join(lives, `synthetic-life-${String(index).padStart(3, '0')}.csv`))
  const out = join(folder, 'model')
  ran(process.execPath, [join(ROOT, 'src', 'cli.ts'), 'train', '--data', ...data, ...TRAINING, '--out', out])
  // scikit-learn's forest has no calibration either: its confidence is its probability.
  const file = join(out, 'metadata.json')
  const { calibration: _, ...metadata } = JSON.parse(readFileSync(file, 'utf8')) as ModelMetadata
  writeFileSync(file, `${JSON.stringify(metadata, null, 2)}\n`)
}

interface PlainTree {
  readonly left: number[]
  readonly right: number[]
  readonly feature: number[]
  readonly threshold: number[]
  /** Shares of the classes, row-major [nodes × classes]. */
  readonly values: number[]
}

interface PlainForest {
  readonly features: readonly string[]
  readonly classes: readonly string[]
  readonly mean: readonly number[]
  readonly scale: readonly number[]
  readonly trees: readonly PlainTree[]
}

async function forPython(cache: Cache, forest: PlainForest, versions: Readonly<Record<string, string>>): Promise<string> {
  const script = join(import.meta.dirname, '..', 'python', 'forest.py')
  const text = JSON.stringify(forest)
  const key = { ...versions, forest: text, script: readFileSync(script, 'utf8') }
  const folder = await cached(cache, 'bench-joblib', key, async (unfinished) => {
    const plain = join(unfinished, 'forest.json')
    writeFileSync(plain, text)
    ran(PYTHON, [script, plain, join(unfinished, 'model.joblib')])
  })
  return join(folder, 'model.joblib')
}

/** Reads the trees back from the ONNX model, in scikit-learn's layout: −1 for no child, −2 for no feature. */
function forestOf(model: string): PlainForest {
  const { features, mean, scale } = JSON.parse(readFileSync(join(model, 'scaler.json'), 'utf8')) as ScalerParameters
  const { classes } = JSON.parse(readFileSync(join(model, 'metadata.json'), 'utf8')) as ModelMetadata
  const { graph } = onnxProto.onnx.ModelProto.decode(readFileSync(join(model, 'model.onnx')))
  const attributes = new Map((graph?.node?.[0]?.attribute ?? []).map((attribute) => [attribute.name, attribute]))
  const ints = (name: string): number[] => (attributes.get(name)?.ints ?? []).map(Number)
  const floats = (name: string): number[] => [...(attributes.get(name)?.floats ?? [])]
  const modes = (attributes.get('nodes_modes')?.strings ?? []).map((mode) => new TextDecoder().decode(mode))
  const [treeIds, yes, no, feature, threshold] = [
    ints('nodes_treeids'),
    ints('nodes_truenodeids'),
    ints('nodes_falsenodeids'),
    ints('nodes_featureids'),
    floats('nodes_values'),
  ]
  const trees: PlainTree[] = Array.from({ length: (treeIds.at(-1) ?? -1) + 1 }, () => ({
    left: [],
    right: [],
    feature: [],
    threshold: [],
    values: [],
  }))
  for (const [index, id] of treeIds.entries()) {
    const tree = trees[id] as PlainTree
    const isLeaf = modes[index] === 'LEAF'
    tree.left.push(isLeaf ? -1 : (yes[index] as number))
    tree.right.push(isLeaf ? -1 : (no[index] as number))
    tree.feature.push(isLeaf ? -2 : (feature[index] as number))
    tree.threshold.push(isLeaf ? -2 : (threshold[index] as number))
    tree.values.push(...classes.map(() => 0))
  }
  const [nodeIds, classIds, weights] = [ints('class_nodeids'), ints('class_ids'), floats('class_weights')]
  for (const [index, id] of ints('class_treeids').entries()) {
    const tree = trees[id] as PlainTree
    tree.values[(nodeIds[index] as number) * classes.length + (classIds[index] as number)] =
      (weights[index] as number) * trees.length
  }
  return { features, classes, mean, scale, trees }
}
