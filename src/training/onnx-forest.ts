import type { Forest } from './forest.ts'
import { type Attribute, floats, int, ints, type Node, node, onnxBytes, rowsOf, strings } from './onnx-graph.ts'

/** What a model says: classes, and the remaining useful life where it was trained for that. */
export interface ForestModel {
  readonly width: number
  readonly classes: readonly string[]
  readonly classifier: Forest
  readonly rul: Forest | null
}

/**
 * Writes forests as one ONNX model: input `input` float32 [N, width]; outputs `label` string [N], `probabilities`
 * float32 [N, classes] and, with a second forest, `rul_days` float32 [N, 1].
 *
 * Both are the mean of the trees' leaves. ONNX Runtime adds them in float32, so they agree with `predictForest` to
 * about 1e-7 of their size, not to the bit.
 */
export function onnxModel({ width, classes, classifier, rul }: ForestModel): Uint8Array {
  const nodes = [
    treeNode(
      'Classifier',
      ['label', 'probabilities'],
      [...structureOf(classifier), ...leavesOf(classifier), strings('classlabels_strings', classes)],
    ),
  ]
  const outputs = [rowsOf('STRING', 'label', null), rowsOf('FLOAT', 'probabilities', classes.length)]
  if (rul !== null) {
    nodes.push(treeNode('Regressor', ['rul_days'], [...structureOf(rul), ...meansOf(rul)]))
    outputs.push(rowsOf('FLOAT', 'rul_days', 1))
  }
  const inputs = [rowsOf('FLOAT', 'input', width)]
  return onnxBytes({ name: 'pump-monitor-forest', nodes, inputs, outputs, domains: ['', 'ai.onnx.ml'] })
}

function treeNode(kind: 'Classifier' | 'Regressor', output: string[], attribute: Attribute[]): Node {
  return Object.assign(node(`TreeEnsemble${kind}`, ['input'], output, attribute), {
    domain: 'ai.onnx.ml',
    name: kind.toLowerCase(),
  })
}

function structureOf({ trees }: Forest): Attribute[] {
  const nodes = trees.flatMap((tree, id) => Array.from(tree.feature, (feature, node) => ({ tree, id, feature, node })))
  const isLeaf = (feature: number) => feature === -1
  return [
    ints(
      'nodes_treeids',
      nodes.map(({ id }) => id),
    ),
    ints(
      'nodes_nodeids',
      nodes.map(({ node }) => node),
    ),
    ints(
      'nodes_featureids',
      nodes.map(({ feature }) => (isLeaf(feature) ? 0 : feature)),
    ),
    floats(
      'nodes_values',
      nodes.map(({ tree, node }) => tree.threshold[node] as number),
    ),
    strings(
      'nodes_modes',
      nodes.map(({ feature }) => (isLeaf(feature) ? 'LEAF' : 'BRANCH_LEQ')),
    ),
    ints(
      'nodes_truenodeids',
      nodes.map(({ tree, node }) => tree.left[node] as number),
    ),
    ints(
      'nodes_falsenodeids',
      nodes.map(({ tree, node }) => tree.right[node] as number),
    ),
  ]
}

/**
 * Shares of the leaves over the number of trees. Zeros are left out. Of two classes only the share of the second is
 * written, under id 0: from that ONNX Runtime makes both. Given both, it gets the probabilities right and the label wrong.
 */
function leavesOf({ trees, outputs }: Forest): Attribute[] {
  const weights = trees.flatMap((tree, id) =>
    Array.from(tree.feature, (feature, node) => (feature === -1 ? leafWeights(tree.values, node, outputs) : []))
      .flatMap((leaf, node) => leaf.map((weight, c) => ({ id, node, c, weight: weight / trees.length })))
      .filter(({ c, weight }) => (outputs === 2 ? c === 1 : weight !== 0)),
  )
  return [
    ints(
      'class_treeids',
      weights.map(({ id }) => id),
    ),
    ints(
      'class_nodeids',
      weights.map(({ node }) => node),
    ),
    ints(
      'class_ids',
      weights.map(({ c }) => (outputs === 2 ? 0 : c)),
    ),
    floats(
      'class_weights',
      weights.map(({ weight }) => weight),
    ),
  ]
}

/** Means of the leaves over the number of trees, for the regressor. */
function meansOf({ trees }: Forest): Attribute[] {
  const leaves = trees.flatMap((tree, id) =>
    Array.from(tree.feature, (feature, node) => ({
      id,
      node,
      isLeaf: feature === -1,
      mean: (tree.values[node] as number) / trees.length,
    })).filter(({ isLeaf }) => isLeaf),
  )
  return [
    int('n_targets', 1),
    ints(
      'target_treeids',
      leaves.map(({ id }) => id),
    ),
    ints(
      'target_nodeids',
      leaves.map(({ node }) => node),
    ),
    ints(
      'target_ids',
      leaves.map(() => 0),
    ),
    floats(
      'target_weights',
      leaves.map(({ mean }) => mean),
    ),
  ]
}

function leafWeights(values: Float32Array, node: number, outputs: number): number[] {
  return [...values.subarray(node * outputs, (node + 1) * outputs)]
}
