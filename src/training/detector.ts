import type { ScalerParameters } from '../model/metadata.ts'

/** An anomaly score that was learnt from health alone: input `input` [N, features], output `score` [N, 1], 1 at its own limit. */
export interface Detector {
  readonly scaler: ScalerParameters
  readonly onnx: Uint8Array
  /** What it looks at, in words, a line each. */
  readonly says: readonly string[]
}
