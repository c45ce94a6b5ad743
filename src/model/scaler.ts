import type { ScalerParameters } from './metadata.ts'

/**
 * Writes one row of features into the model's input: (value − mean)/scale in double precision, then rounded
 * to float32, which is what scikit-learn's scaler followed by a cast does.
 *
 * @param scaler null for a model that scales its input itself
 * @param out row-major float32 input of the model
 * @param offset index in `out` of the row's first feature
 */
export function scaleInto(values: Float64Array, scaler: ScalerParameters | null, out: Float32Array, offset: number): void {
  if (scaler === null) {
    out.set(values, offset)
    return
  }
  for (let i = 0; i < values.length; i++) {
    out[offset + i] = ((values[i] as number) - (scaler.mean[i] as number)) / (scaler.scale[i] as number)
  }
}
