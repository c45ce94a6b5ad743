import onnxProto from 'onnx-proto'

const { onnx } = onnxProto

/** ONNX 1.10: IR version 8, opset 15, ai.onnx.ml 1; every ONNX Runtime since 1.10 reads it. */
const IR_VERSION = 8
const OPSETS = {
  '': { domain: '', version: 15 },
  'ai.onnx.ml': { domain: 'ai.onnx.ml', version: 1 },
} as const

const UTF8 = new TextEncoder()
const TYPE = onnx.AttributeProto.AttributeType
const DATA = onnx.TensorProto.DataType

export type Attribute = InstanceType<typeof onnx.AttributeProto>
export type Node = InstanceType<typeof onnx.NodeProto>
type Value = InstanceType<typeof onnx.ValueInfoProto>
type Constant = InstanceType<typeof onnx.TensorProto>

/** Attributes of a node, by the kind of their value. */
export const int = (name: string, i: number): Attribute => onnx.AttributeProto.create({ name, type: TYPE.INT, i })
export const ints = (name: string, values: number[]): Attribute =>
  onnx.AttributeProto.create({ name, type: TYPE.INTS, ints: values })
export const floats = (name: string, values: number[]): Attribute =>
  onnx.AttributeProto.create({ name, type: TYPE.FLOATS, floats: values })
export const strings = (name: string, values: readonly string[]): Attribute =>
  onnx.AttributeProto.create({ name, type: TYPE.STRINGS, strings: values.map((value) => UTF8.encode(value)) })

/** A node of the standard operators; its name is that of its first output. */
export function node(opType: string, input: string[], output: string[], attribute: Attribute[] = []): Node {
  return onnx.NodeProto.create({ opType, name: output[0] ?? opType, input, output, attribute })
}

/** An input or output of N rows; `width` null: one value per row, without a second dimension. */
export function rowsOf(kind: 'FLOAT' | 'STRING', name: string, width: number | null): Value {
  const dim = width === null ? [{ dimParam: 'N' }] : [{ dimParam: 'N' }, { dimValue: width }]
  return onnx.ValueInfoProto.create({ name, type: { tensorType: { elemType: DATA[kind], shape: { dim } } } })
}

export function floatConstant(name: string, dims: number[], values: readonly number[]): Constant {
  return onnx.TensorProto.create({ name, dims, dataType: DATA.FLOAT, floatData: [...values] })
}

export function intConstant(name: string, values: readonly number[]): Constant {
  return onnx.TensorProto.create({ name, dims: [values.length], dataType: DATA.INT64, int64Data: [...values] })
}

export interface Graph {
  readonly name: string
  readonly nodes: Node[]
  readonly inputs: Value[]
  readonly outputs: Value[]
  readonly constants?: Constant[]
  /** Domains of the operators; standard alone by default. */
  readonly domains?: readonly (keyof typeof OPSETS)[]
}

/** The graph as the bytes of an ONNX file; the same graph gives the same bytes. */
export function onnxBytes({ name, nodes, inputs, outputs, constants = [], domains = [''] }: Graph): Uint8Array {
  const graph = onnx.GraphProto.create({ name, node: nodes, initializer: constants, input: inputs, output: outputs })
  const opsetImport = domains.map((domain) => OPSETS[domain])
  return onnx.ModelProto.encode(
    onnx.ModelProto.create({ irVersion: IR_VERSION, producerName: 'pump-monitor', opsetImport, graph }),
  ).finish()
}
