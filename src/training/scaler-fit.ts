import type { ScalerParameters } from '../model/metadata.ts'
import { scaleInto } from '../model/scaler.ts'
import type { Dataset } from './dataset.ts'

/** Mean and standard deviation (of the population, as scikit-learn's scaler) of each feature; a constant one keeps the scale 1. */
export function fitScaler({ features, rows, values }: Dataset): ScalerParameters {
  const width = features.length
  const mean = new Array<number>(width).fill(0)
  const scale = new Array<number>(width).fill(1)
  for (let feature = 0; feature < width; feature++) {
    let sum = 0
    for (let row = 0; row < rows; row++) sum += values[row * width + feature] as number
    const centre = sum / rows
    let squares = 0
    for (let row = 0; row < rows; row++) squares += ((values[row * width + feature] as number) - centre) ** 2
    const deviation = Math.sqrt(squares / rows)
    mean[feature] = centre
    scale[feature] = deviation > 0 ? deviation : 1
  }
  return { features: [...features], mean, scale }
}

/** The dataset as the model sees it on the device: scaled in double precision, rounded to float32. */
export function scaledMatrix({ features, rows, values }: Dataset, scaler: ScalerParameters): Float32Array {
  const width = features.length
  const matrix = new Float32Array(rows * width)
  for (let row = 0; row < rows; row++) scaleInto(values.subarray(row * width, (row + 1) * width), scaler, matrix, row * width)
  return matrix
}
