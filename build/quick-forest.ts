import onnxProto from 'onnx-proto'

const { onnx } = onnxProto
const TYPE = onnx.AttributeProto.AttributeType
const DATA = onnx.TensorProto.DataType

type Node = InstanceType<typeof onnx.NodeProto>
type Tensor = InstanceType<typeof onnx.TensorProto>

/** From this standard opset on, ReduceSum takes its axes as an input. */
const LEAST_OPSET = 13
/** A level of the trees is seven operators; beyond this many they cost more than they save. */
const MOST_LEVELS = 40

/** All trees of one operator in tables, one row a node; a leaf leads to itself, so that every row may walk on. */
interface Tables {
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

/**
 * The same model with its tree ensembles written as tables and standard operators (the tree traversal of Nakandala et
 * al., "A Tensor Compiler for Unified Machine Learning Prediction Serving", OSDI 2020). ONNX Runtime's own tree
 * operators build their trees from lists, node by node, which takes longer than to ask them about thousands of rows, and
 * ten times the memory; tables it takes as they are. Trees are added in their order, so that sums have the same bits,
 * which the packager checks. Null where a model has no trees, or something about them that is not covered.
 *
 * @param outputs what of the model will be asked for; the rest is left out
 */
export function quickForest(bytes: Uint8Array, outputs: readonly string[]): Uint8Array | null {
  const model = onnx.ModelProto.decode(bytes)
  const { graph } = model
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version
  if (graph === null || graph === undefined || Number(opset ?? 0) < LEAST_OPSET) return null
  const tables: Tensor[] = []
  const nodes: Node[] = []
  let trees = 0
  for (const node of neededNodes((graph.node ?? []) as Node[], outputs)) {
    if (!/^TreeEnsemble(Classifier|Regressor)$/.test(node.opType ?? '')) {
      nodes.push(node)
      continue
    }
    const walked = walk(node, `trees${trees++}`, outputs, graph.node as Node[])
    if (walked === null) return null
    nodes.push(...walked.nodes)
    tables.push(...walked.tables)
  }
  if (trees === 0) return null
  graph.node = nodes
  graph.initializer = [...(graph.initializer ?? []), ...tables]
  graph.output = (graph.output ?? []).filter(({ name }) => outputs.includes(name ?? ''))
  return onnx.ModelProto.encode(model).finish()
}

/** How many nodes the trees of a model have. */
export function treeNodes(bytes: Uint8Array): number {
  const nodes = onnx.ModelProto.decode(bytes).graph?.node ?? []
  return nodes.reduce((sum, node) => sum + attributesOf(node as Node).numbers('nodes_treeids').length, 0)
}

/** Those from which the outputs follow, in the order of the graph. */
function neededNodes(nodes: readonly Node[], outputs: readonly string[]): Node[] {
  const wanted = new Set(outputs)
  return nodes
    .toReversed()
    .filter((node) => {
      if (!(node.output ?? []).some((name) => wanted.has(name))) return false
      for (const name of node.input ?? []) wanted.add(name)
      return true
    })
    .toReversed()
}

function walk(node: Node, prefix: string, outputs: readonly string[], all: readonly Node[]) {
  const isClassifier = node.opType === 'TreeEnsembleClassifier'
  const [label, scores] = isClassifier ? (node.output ?? []) : ['', ...(node.output ?? [])]
  const labelIsUsed =
    isClassifier && (outputs.includes(label ?? '') || neededNodes(all, outputs).some(({ input }) => input?.includes(label ?? '')))
  const [input] = node.input ?? []
  const ensemble = tablesOf(node, isClassifier)
  if (ensemble === null || labelIsUsed || scores === undefined || input === undefined) return null
  const { tables, complement } = ensemble
  const name = (part: string | number) => `${prefix}.${part}`
  const nodes: Node[] = []
  const add = (opType: string, inputs: readonly string[], output: string, attributes: Readonly<Record<string, number>> = {}) => {
    const attribute = Object.entries(attributes).map(([key, i]) => onnx.AttributeProto.create({ name: key, type: TYPE.INT, i }))
    nodes.push(onnx.NodeProto.create({ opType, name: output, input: [...inputs], output: [output], attribute }))
    return output
  }
  const constant = (part: string) => name(part)
  // One row a tree, one column a row of the input: sums over the first dimension are taken in the order of the trees.
  const columns = add('Transpose', [input], name('columns'))
  const rows = add('Gather', [add('Shape', [input], name('shape')), constant('zero')], name('rows'))
  const size = add('Concat', [constant('count'), rows], name('size'), { axis: 0 })
  let at = add('Expand', [constant('roots'), size], name('at0'))
  for (let level = 1; level <= tables.levels; level++) {
    const feature = add('Gather', [constant('features'), at], name(`feature${level}`))
    const value = add('GatherElements', [columns, feature], name(`value${level}`), { axis: 0 })
    const threshold = add('Gather', [constant('thresholds'), at], name(`threshold${level}`))
    const isTrue = add('LessOrEqual', [value, threshold], name(`true${level}`))
    const whenTrue = add('Gather', [constant('whenTrue'), at], name(`whenTrue${level}`))
    const whenFalse = add('Gather', [constant('whenFalse'), at], name(`whenFalse${level}`))
    at = add('Where', [isTrue, whenTrue, whenFalse], name(`at${level}`))
  }
  const leaf = add('Gather', [constant('leaves'), at], name('leaf'))
  const shares = add('Gather', [constant('values'), leaf], name('shares'))
  const sums = add('ReduceSum', [shares, constant('zero')], complement ? name('sums') : scores, { keepdims: 0 })
  // Of two classes the trees hold the second one alone.
  if (complement) add('Concat', [add('Sub', [constant('one'), sums], name('rest')), sums], scores, { axis: 1 })
  return { nodes, tables: constantsOf(tables, name) }
}

function constantsOf(tables: Tables, name: (part: string) => string): Tensor[] {
  const { roots, features, thresholds, whenTrue, whenFalse, leaves, values, width } = tables
  const tensor = (part: string, dataType: number, data: Int32Array | Float32Array | BigInt64Array, dims = [data.length]) =>
    onnx.TensorProto.create({
      name: name(part),
      dims,
      dataType,
      rawData: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    })
  return [
    tensor('roots', DATA.INT32, roots, [roots.length, 1]),
    tensor('count', DATA.INT64, BigInt64Array.of(BigInt(roots.length))),
    tensor('features', DATA.INT32, features),
    tensor('thresholds', DATA.FLOAT, thresholds),
    tensor('whenTrue', DATA.INT32, whenTrue),
    tensor('whenFalse', DATA.INT32, whenFalse),
    tensor('leaves', DATA.INT32, leaves),
    tensor('values', DATA.FLOAT, values, [values.length / width, width]),
    tensor('zero', DATA.INT64, BigInt64Array.of(0n)),
    tensor('one', DATA.FLOAT, Float32Array.of(1)),
  ]
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

function tablesOf(node: Node, isClassifier: boolean): { readonly tables: Tables; readonly complement: boolean } | null {
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
