import type { OnnxRuntime, OnnxSession, OnnxSessionOptions, OnnxTensor, OnnxValueMetadata } from '../model/onnx-runtime.ts'

/**
 * The native addon of onnxruntime-node, asked directly. The package's JavaScript around it brings backends, images and
 * training, which would cost each run on a small device more than its readings do. What is used here is checked against
 * the pinned version by the tests that run executables.
 */
export interface OnnxAddon {
  /** `tensor` makes the outputs. */
  initOrtOnce(logLevel: number, tensor: OnnxRuntime['Tensor'], isMainThread: boolean): void
  readonly InferenceSession: new () => AddonSession
}

interface AddonSession {
  readonly inputMetadata: readonly AddonValue[]
  readonly outputMetadata: readonly AddonValue[]
  loadModel(model: ArrayBufferLike, offset: number, length: number, options: OnnxSessionOptions): void
  run(
    feeds: Readonly<Record<string, OnnxTensor>>,
    fetches: Readonly<Record<string, null>>,
    options: object,
  ): Readonly<Record<string, unknown>>
}

type AddonValue =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string
      readonly isTensor: true
      /** A number of ONNX's TensorProto.DataType. */
      readonly type: number
      /** −1 where the size is open. */
      readonly shape: readonly number[]
      readonly symbolicDimensions: readonly string[]
    }

/** The numbers of ONNX's TensorProto.DataType under the names that onnxruntime-node gives them. */
const TYPES: Readonly<Record<number, string>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
}

/** ONNX Runtime says what it thinks of a processor or a model on stderr, where our own log goes: only its last words do. */
const FATAL = 4

class Tensor implements OnnxTensor {
  readonly type: string
  readonly data: unknown
  readonly dims: readonly number[]
  /** The addon asks where the data lie. */
  readonly location = 'cpu'

  constructor(type: string, data: unknown, dims: readonly number[]) {
    this.type = type
    this.data = data
    this.dims = dims
  }
}

/** Loads the addon into this thread. Throws what the system says. */
export function addonAt(path: string): OnnxAddon {
  const module = { exports: {} }
  process.dlopen(module, path)
  return module.exports as OnnxAddon
}

/** ONNX Runtime by its addon. */
export function onnxRuntimeOf(addon: OnnxAddon, thread: 'main' | 'other' = 'main'): OnnxRuntime {
  addon.initOrtOnce(FATAL, Tensor, thread === 'main')
  const create = async (model: Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession> => {
    const session = new addon.InferenceSession()
    session.loadModel(model.buffer, model.byteOffset, model.byteLength, options)
    return {
      inputMetadata: session.inputMetadata.map(metadataOf),
      outputMetadata: session.outputMetadata.map(metadataOf),
      run: async (feeds, fetches) => session.run(feeds, Object.fromEntries(fetches.map((name) => [name, null])), {}),
    }
  }
  return { InferenceSession: { create }, Tensor }
}

function metadataOf(value: AddonValue): OnnxValueMetadata {
  if (!value.isTensor) return { name: value.name, isTensor: false }
  const { name, type, shape, symbolicDimensions } = value
  const sizes = shape.map((size, dimension) => (size === -1 ? (symbolicDimensions[dimension] ?? '') : size))
  return { name, isTensor: true, type: TYPES[type] ?? String(type), shape: sizes }
}
