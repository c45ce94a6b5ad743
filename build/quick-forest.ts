import onnxProto from 'onnx-proto'
import { type Node, type Tables, tablesOf, treeNodesOf } from './tree-tables.ts'

const { onnx } = onnxProto
const TYPE = onnx.AttributeProto.AttributeType
const DATA = onnx.TensorProto.DataType

type Tensor = InstanceType<typeof onnx.TensorProto>
type Attribute = InstanceType<typeof onnx.AttributeProto>

/** From this standard opset on, ReduceSum takes its axes as an input. */
const LEAST_OPSET = 13

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
  const needed = neededNodes((graph.node ?? []) as Node[], outputs)
  const isUsed = (name: string) => outputs.includes(name) || needed.some(({ input }) => input?.includes(name))
  for (const node of needed) {
    if (!/^TreeEnsemble(Classifier|Regressor)$/.test(node.opType ?? '')) {
      nodes.push(node)
      continue
    }
    const walked = walk(node, `trees${trees++}`, isUsed)
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
  return nodes.reduce((sum, node) => sum + treeNodesOf(node as Node), 0)
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

function walk(node: Node, prefix: string, isUsed: (name: string) => boolean) {
  const isClassifier = node.opType === 'TreeEnsembleClassifier'
  const [label, scores] = isClassifier ? (node.output ?? []) : ['', ...(node.output ?? [])]
  const [input] = node.input ?? []
  const ensemble = tablesOf(node, isClassifier)
  if (ensemble === null || scores === undefined || input === undefined) return null
  if (isClassifier && isUsed(label ?? '')) return null
  const { tables, complement } = ensemble
  const name = (part: string) => `${prefix}.${part}`
  const nodes: Node[] = []
  const add = adderTo(nodes)
  // One row a tree, one column a row of the input: sums over the first dimension are taken in the order of the trees.
  const columns = add('Transpose', [input], name('columns'))
  const rows = add('Gather', [add('Shape', [input], name('shape')), name('zero')], name('rows'))
  const size = add('Concat', [name('count'), rows], name('size'), { axis: 0 })
  const roots = add('Expand', [name('roots'), size], name('at0'))
  // A step down all trees is one body that is gone through again and again: ONNX Runtime prepares each operator by itself.
  const at = name('at')
  const body = descent(columns, name)
  nodes.push(
    onnx.NodeProto.create({ opType: 'Loop', name: at, input: [name('levels'), '', roots], output: [at], attribute: [body] }),
  )
  const leaf = add('Sub', [at, name('splits')], name('leaf'))
  const shares = add('Gather', [name('values'), leaf], name('shares'))
  const sums = add('ReduceSum', [shares, name('zero')], complement ? name('sums') : scores, { keepdims: 0 })
  // Of two classes the trees hold the second one alone.
  if (complement) add('Concat', [add('Sub', [name('one'), sums], name('rest')), sums], scores, { axis: 1 })
  return { nodes, tables: constantsOf(tables, name) }
}

type Add = (opType: string, inputs: readonly string[], output: string, attributes?: Readonly<Record<string, number>>) => string

/** Adds operators of one output and returns its name. */
function adderTo(nodes: Node[]): Add {
  return (opType, inputs, output, attributes = {}) => {
    const attribute = Object.entries(attributes).map(([key, i]) => onnx.AttributeProto.create({ name: key, type: TYPE.INT, i }))
    nodes.push(onnx.NodeProto.create({ opType, name: output, input: [...inputs], output: [output], attribute }))
    return output
  }
}

/** The body of the loop: from the node of each tree and row, [trees × rows], to the next; see {@link Tables}. */
function descent(columns: string, name: (part: string) => string): Attribute {
  const nodes: Node[] = []
  const add = adderTo(nodes)
  const value = (part: string, elemType: number, dims: readonly string[] = []) => {
    const shape = { dim: dims.map((dimParam) => ({ dimParam })) }
    return onnx.ValueInfoProto.create({ name: name(part), type: { tensorType: { elemType, shape } } })
  }
  const before = name('before')
  const row = add('Min', [before, name('splits')], name('row'))
  const feature = add('Gather', [name('features'), row], name('feature'))
  const measured = add('GatherElements', [columns, feature], name('measured'), { axis: 0 })
  const threshold = add('Gather', [name('thresholds'), row], name('threshold'))
  const isTrue = add('LessOrEqual', [measured, threshold], name('isTrue'))
  const ifTrue = add('Gather', [name('whenTrue'), row], name('ifTrue'))
  const ifFalse = add('Gather', [name('whenFalse'), row], name('ifFalse'))
  const next = add('Where', [isTrue, ifTrue, ifFalse], name('next'))
  add('Max', [next, before], name('after'))
  add('Identity', [name('goes')], name('goesOn'))
  const graph = onnx.GraphProto.create({
    name: name('descent'),
    node: nodes,
    input: [value('level', DATA.INT64), value('goes', DATA.BOOL), value('before', DATA.INT32, ['trees', 'rows'])],
    output: [value('goesOn', DATA.BOOL), value('after', DATA.INT32, ['trees', 'rows'])],
  })
  return onnx.AttributeProto.create({ name: 'body', type: TYPE.GRAPH, g: graph })
}

function constantsOf(tables: Tables, name: (part: string) => string): Tensor[] {
  const { roots, features, thresholds, whenTrue, whenFalse, splits, values, width, levels } = tables
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
    tensor('levels', DATA.INT64, BigInt64Array.of(BigInt(levels)), []),
    tensor('features', DATA.INT32, features),
    tensor('thresholds', DATA.FLOAT, thresholds),
    tensor('whenTrue', DATA.INT32, whenTrue),
    tensor('whenFalse', DATA.INT32, whenFalse),
    tensor('splits', DATA.INT32, Int32Array.of(splits), []),
    tensor('values', DATA.FLOAT, values, [values.length / width, width]),
    tensor('zero', DATA.INT64, BigInt64Array.of(0n)),
    tensor('one', DATA.FLOAT, Float32Array.of(1)),
  ]
}
