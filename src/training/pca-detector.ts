import type { Dataset } from './dataset.ts'
import type { Detector } from './detector.ts'
import { eigenOf } from './eigen.ts'
import { floatConstant, int, ints, node, onnxBytes, rowsOf } from './onnx-graph.ts'
import { fitScaler, scaledMatrix } from './scaler-fit.ts'

/** Share of the variance that the kept components explain. */
const EXPLAINED = 0.9
/** Share of the healthy readings that lie within each limit. */
const WITHIN = 0.995

/**
 * Principal components with Hotelling's T² of what they explain and Q, the squared rest:
 *
 *     score = max(T²/limit, Q/limit), limits: the 99.5 % quantiles of the healthy readings
 *
 * Source: Jackson and Mudholkar, Control procedures for residuals associated with principal component analysis, 1979,
 * with quantiles instead of the normal distribution's limits. The dataset holds healthy readings only.
 */
export function fitPcaDetector(healthy: Dataset): Detector {
  const scaler = fitScaler(healthy)
  const matrix = scaledMatrix(healthy, scaler)
  const width = healthy.features.length
  const { values, vectors } = eigenOf(covarianceOf(matrix, width), width)
  const kept = keptOf(values)
  const weights = new Array<number>(width * kept).fill(0)
  const rest = new Array<number>(width * width).fill(0)
  for (let i = 0; i < width; i++) {
    for (let c = 0; c < kept; c++)
      weights[i * kept + c] = (vectors[i * width + c] as number) / Math.sqrt(Math.max(values[c] as number, 1e-12))
    for (let j = 0; j < width; j++) {
      let explained = 0
      for (let c = 0; c < kept; c++) explained += (vectors[i * width + c] as number) * (vectors[j * width + c] as number)
      rest[i * width + j] = (i === j ? 1 : 0) - explained
    }
  }
  const tLimit = limitOf(squaredLengths(matrix, width, weights, kept))
  const qLimit = limitOf(squaredLengths(matrix, width, rest, width))
  const says = [`${kept} of ${width} components explain ${EXPLAINED * 100} % of the variance of ${healthy.features.join(', ')}`]
  return { scaler, onnx: pcaGraph({ width, kept, weights, rest, tLimit, qLimit }), says }
}

function keptOf(values: Float64Array): number {
  const total = values.reduce((sum, value) => sum + value, 0)
  let explained = 0
  for (const [c, value] of values.entries()) {
    explained += value
    if (explained >= EXPLAINED * total) return c + 1
  }
  return values.length
}

/** Of scaled rows, whose means are zero. */
function covarianceOf(matrix: Float32Array, width: number): Float64Array {
  const rows = matrix.length / width
  const covariance = new Float64Array(width * width)
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < width; j++) {
        const product = (matrix[row * width + i] as number) * (matrix[row * width + j] as number)
        covariance[i * width + j] = (covariance[i * width + j] as number) + product / rows
      }
    }
  }
  return covariance
}

/** Of each row, mapped by a row-major [width × columns] matrix. */
function squaredLengths(matrix: Float32Array, width: number, map: readonly number[], columns: number): Float64Array {
  const lengths = new Float64Array(matrix.length / width)
  for (let row = 0; row < lengths.length; row++) {
    for (let c = 0; c < columns; c++) {
      let value = 0
      for (let i = 0; i < width; i++) value += (matrix[row * width + i] as number) * (map[i * columns + c] as number)
      lengths[row] = (lengths[row] as number) + value * value
    }
  }
  return lengths
}

function limitOf(lengths: Float64Array): number {
  const sorted = lengths.toSorted()
  return Math.max(1e-9, sorted[Math.min(sorted.length - 1, Math.floor(WITHIN * sorted.length))] ?? 1)
}

interface Fitted {
  readonly width: number
  readonly kept: number
  readonly weights: readonly number[]
  readonly rest: readonly number[]
  readonly tLimit: number
  readonly qLimit: number
}

function pcaGraph({ width, kept, weights, rest, tLimit, qLimit }: Fitted): Uint8Array {
  const rowSums = [ints('axes', [1]), int('keepdims', 1)]
  const nodes = [
    node('MatMul', ['input', 'weights'], ['components']),
    node('ReduceSumSquare', ['components'], ['t2'], rowSums),
    node('MatMul', ['input', 'rest'], ['residuals']),
    node('ReduceSumSquare', ['residuals'], ['q'], rowSums),
    node('Div', ['t2', 't2_limit'], ['t2_share']),
    node('Div', ['q', 'q_limit'], ['q_share']),
    node('Max', ['t2_share', 'q_share'], ['score']),
  ]
  const constants = [
    floatConstant('weights', [width, kept], weights),
    floatConstant('rest', [width, width], rest),
    floatConstant('t2_limit', [1], [tLimit]),
    floatConstant('q_limit', [1], [qLimit]),
  ]
  const inputs = [rowsOf('FLOAT', 'input', width)]
  return onnxBytes({ name: 'pump-monitor-pca', nodes, inputs, outputs: [rowsOf('FLOAT', 'score', 1)], constants })
}
