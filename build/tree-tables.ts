import type onnxProto from 'onnx-proto'

export type Node = InstanceType<typeof onnxProto.onnx.NodeProto>

/** A level of the trees is seven operators; beyond this many they cost more than they save. */
const MOST_LEVELS = 40

/** All trees of one operator in tables, one row a node; a leaf leads to itself, so that every row may walk on. */
export interface Tables {
  readonly roots: Int32Array
  readonly features: Int32Array
  readonly thresholds: Float32Array
  readonly whenTrue: Int32Array
  readonly whenFalse: Int32Array
  /** Row of `values` of each node; 0 where it is none. */
  readonly leaves: Int32Array
  /** [leaves × width] */
  readonly values: Float32Array
  readonly width: number
  readonly levels: number
}

/** How many nodes the trees of an operator have; 0 for one that has no trees. */
export function treeNodesOf(node: Node): number {
  return attributesOf(node).numbers('nodes_treeids').length
}

function attributesOf(node: Node) {
  const byName = new Map((node.attribute ?? []).map((attribute) => [attribute.name ?? '', attribute]))
  const texts = (name: string) => (byName.get(name)?.strings ?? []).map((bytes) => new TextDecoder().decode(bytes))
  const numbers = (name: string): number[] => {
    const attribute = byName.get(name)
    return [...(attribute?.ints ?? []), ...(attribute?.floats ?? [])].map(Number)
  }
  const text = (name: string) => new TextDecoder().decode(byName.get(name)?.s ?? new Uint8Array())
  return {
    has: (name: string) => byName.has(name),
    texts,
    numbers,
    text,
    number: (name: string) => Number(byName.get(name)?.i ?? 0),
  }
}

/** Attributes that change what the trees say; a model that uses them is left as it is. */
const NOT_COVERED = [
  'base_values',
  'base_values_as_tensor',
  'nodes_values_as_tensor',
  'class_weights_as_tensor',
  'target_weights_as_tensor',
]

/** The trees of an operator as tables; null for what they do not cover. `complement`: they hold the second of two classes. */
export function tablesOf(node: Node, isClassifier: boolean): { readonly tables: Tables; readonly complement: boolean } | null {
  const { has, texts, numbers, text, number } = attributesOf(node)
  const plain = (name: string, usual: string) => !has(name) || text(name) === usual
  if (NOT_COVERED.some(has) || !plain('post_transform', 'NONE') || !plain('aggregate_function', 'SUM')) return null
  if (numbers('nodes_missing_value_tracks_true').some((value) => value !== 0)) return null
  const modes = texts('nodes_modes')
  if (modes.some((mode) => mode !== 'BRANCH_LEQ' && mode !== 'LEAF')) return null
  const kind = isClassifier ? 'class' : 'target'
  const classes = isClassifier ? Math.max(texts('classlabels_strings').length, numbers('classlabels_int64s').length) : 0
  const weightOf = numbers(`${kind}_ids`)
  const complement = classes === 2 && new Set(weightOf).size === 1
  const width = isClassifier ? (complement ? 1 : classes) : number('n_targets')
  const structure = structureOf(numbers, modes)
  if (structure === null || width < 1) return null
  const { indexOf, leaves, count } = structure
  const values = new Float32Array(count * width)
  const written = new Set<number>()
  const [trees, nodeIds, weights] = [numbers(`${kind}_treeids`), numbers(`${kind}_nodeids`), numbers(`${kind}_weights`)]
  for (const [place, weight] of weights.entries()) {
    const index = indexOf(trees[place] ?? -1, nodeIds[place] ?? -1)
    const column = complement ? 0 : (weightOf[place] ?? -1)
    if (index === undefined || modes[index] !== 'LEAF' || column < 0 || column >= width) return null
    const cell = (leaves[index] ?? 0) * width + column
    // Two weights of one leaf for one class would be added one by one.
    if (written.has(cell) || (complement && weight < 0)) return null
    written.add(cell)
    values[cell] = weight
  }
  return { tables: { ...structure, values, width }, complement }
}

function structureOf(numbers: (name: string) => number[], modes: readonly string[]) {
  const [treeIds, nodeIds, trueIds, falseIds] = ['treeids', 'nodeids', 'truenodeids', 'falsenodeids'].map((name) =>
    numbers(`nodes_${name}`),
  )
  if (treeIds === undefined || nodeIds === undefined || trueIds === undefined || falseIds === undefined) return null
  const length = treeIds.length
  const places = new Map(treeIds.map((tree, index) => [`${tree} ${nodeIds[index]}`, index]))
  const indexOf = (tree: number, node: number) => places.get(`${tree} ${node}`)
  if (places.size !== length || modes.length !== length) return null
  const features = new Int32Array(length)
  const thresholds = new Float32Array(length)
  const whenTrue = new Int32Array(length)
  const whenFalse = new Int32Array(length)
  const leaves = new Int32Array(length)
  const isChild = new Uint8Array(length)
  let count = 0
  const [featureIds, splits] = [numbers('nodes_featureids'), numbers('nodes_values')]
  for (let index = 0; index < length; index++) {
    if (modes[index] === 'LEAF') {
      thresholds[index] = Number.POSITIVE_INFINITY
      whenTrue[index] = index
      whenFalse[index] = index
      leaves[index] = count++
      continue
    }
    const tree = treeIds[index] ?? -1
    const [yes, no] = [indexOf(tree, trueIds[index] ?? -1), indexOf(tree, falseIds[index] ?? -1)]
    if (yes === undefined || no === undefined || isChild[yes] === 1 || isChild[no] === 1 || yes === no) return null
    features[index] = featureIds[index] ?? 0
    thresholds[index] = splits[index] ?? Number.NaN
    whenTrue[index] = yes
    whenFalse[index] = no
    isChild[yes] = 1
    isChild[no] = 1
  }
  const roots = Int32Array.from([...isChild.keys()].filter((index) => isChild[index] === 0))
  const levels = levelsOf(roots, whenTrue, whenFalse)
  if (roots.length !== new Set(treeIds).size || levels === null) return null
  return { indexOf, count, roots, features, thresholds, whenTrue, whenFalse, leaves, levels }
}

/** Steps from a root to the furthest leaf; null beyond what pays, and for what is no tree. */
function levelsOf(roots: Int32Array, whenTrue: Int32Array, whenFalse: Int32Array): number | null {
  let front = [...roots]
  for (let level = 0; level <= MOST_LEVELS; level++) {
    front = front.filter((index) => whenTrue[index] !== index)
    if (front.length === 0) return level
    front = front.flatMap((index) => [whenTrue[index] ?? index, whenFalse[index] ?? index])
  }
  return null
}
