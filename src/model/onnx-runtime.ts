/**
 * What is asked of ONNX Runtime; the module onnxruntime-node satisfies it. Methods rather than functions, because
 * its overloads are compared with them one by one.
 */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: OnnxSessionOptions): Promise<OnnxSession>
  }
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OnnxTensor
}

export interface OnnxSessionOptions {
  readonly intraOpNumThreads: number
  readonly interOpNumThreads: number
  readonly executionMode: 'sequential'
  readonly enableCpuMemArena: boolean
  readonly logSeverityLevel: 4
}

export interface OnnxSession {
  readonly inputMetadata: readonly OnnxValueMetadata[]
  readonly outputMetadata: readonly OnnxValueMetadata[]
  run(feeds: Readonly<Record<string, OnnxTensor>>, fetches: readonly string[]): Promise<Readonly<Record<string, unknown>>>
}

export interface OnnxTensor {
  readonly type: string
  readonly dims: readonly number[]
  readonly data: unknown
}

/** One input or output. What is no tensor (a sequence of maps, say) has neither type nor shape. */
export type OnnxValueMetadata =
  | { readonly name: string; readonly isTensor: false }
  | {
      readonly name: string
      readonly isTensor: true
      readonly type: string
      /** A number, or a name where the size is open. */
      readonly shape: readonly (number | string)[]
    }
