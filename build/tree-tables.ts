import type onnxProto from 'onnx-proto'

export type Node = InstanceType<typeof onnxProto.onnx.NodeProto>

/** Beyond this many levels the walk costs more than it saves. */
const MOST_LEVELS = 40

/**
 * All trees of one operator in tables. Nodes that split come first, each before its children, then the leaves; the tables
 * of the former end in a row that stands for any leaf and leads to node 0, so that the larger of a node and its next one is
 * where a row of the input goes on, or stays.
 */
export interface Tables {
  readonly roots: Int32Array
  /** Nodes that split; the number of the first leaf. */
  readonly splits: number
  /** [splits + 1], the four of them. */
  readonly features: Int32Array
  readonly thresholds: Float32Array
  readonly whenTrue: Int32Array
  readonly whenFalse: Int32Array
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
  const { indexOf, numberOf, leaves, ...walk } = structure
  const values = new Float32Array(leaves * width)
  const written = new Set<number>()
  const [trees, nodeIds, weights] = [numbers(`${kind}_treeids`), numbers(`${kind}_nodeids`), numbers(`${kind}_weights`)]
  for (const [place, weight] of weights.entries()) {
    const index = indexOf(trees[place] ?? -1, nodeIds[place] ?? -1)
    const column = complement ? 0 : (weightOf[place] ?? -1)
    if (index === undefined || modes[index] !== 'LEAF' || column < 0 || column >= width) return null
    const cell = ((numberOf[index] ?? 0) - walk.splits) * width + column
    // Two weights of one leaf for one class would be added one by one.
    if (written.has(cell) || (complement && weight < 0)) return null
    written.add(cell)
    values[cell] = weight
  }
  return { tables: { ...walk, values, width }, complement }
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
  const children: (readonly [number, number] | null)[] = []
  const isChild = new Uint8Array(length)
  for (let index = 0; index < length; index++) {
    children.push(null)
    if (modes[index] === 'LEAF') continue
    const tree = treeIds[index] ?? -1
    const [yes, no] = [indexOf(tree, trueIds[index] ?? -1), indexOf(tree, falseIds[index] ?? -1)]
    if (yes === undefined || no === undefined || isChild[yes] === 1 || isChild[no] === 1 || yes === no) return null
    isChild[yes] = 1
    isChild[no] = 1
    children[index] = [yes, no]
  }
  const tops = [...isChild.keys()].filter((index) => isChild[index] === 0)
  const byLevel = levelsOf(tops, children)
  if (tops.length !== new Set(treeIds).size || byLevel === null) return null
  const inOrder = byLevel.flat()
  if (inOrder.length !== length) return null
  const splitting = inOrder.filter((index) => children[index] !== null)
  const leaves = inOrder.filter((index) => children[index] === null)
  const numberOf = new Int32Array(length)
  for (const [number, index] of [...splitting, ...leaves].entries()) numberOf[index] = number
  const [featureIds, splits] = [numbers('nodes_featureids'), numbers('nodes_values')]
  const child = (index: number, side: 0 | 1) => numberOf[children[index]?.[side] ?? -1] ?? 0
  const forAnyLeaf = 0
  return {
    indexOf,
    numberOf,
    leaves: leaves.length,
    roots: Int32Array.from(tops, (index) => numberOf[index] ?? 0),
    splits: splitting.length,
    features: Int32Array.from([...splitting.map((index) => featureIds[index] ?? 0), forAnyLeaf]),
    thresholds: Float32Array.from([...splitting.map((index) => splits[index] ?? Number.NaN), forAnyLeaf]),
    whenTrue: Int32Array.from([...splitting.map((index) => child(index, 0)), forAnyLeaf]),
    whenFalse: Int32Array.from([...splitting.map((index) => child(index, 1)), forAnyLeaf]),
    levels: byLevel.length - 1,
  }
}

/** Nodes by their distance from the roots; null beyond what pays, and for what is no tree. */
function levelsOf(roots: readonly number[], children: readonly (readonly [number, number] | null)[]): number[][] | null {
  const levels: number[][] = []
  for (let front = [...roots]; front.length > 0; front = front.flatMap((index) => children[index] ?? [])) {
    if (levels.length > MOST_LEVELS) return null
    levels.push(front)
  }
  return levels
}
