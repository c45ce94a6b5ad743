import { join } from 'node:path'
import type { FailureText } from '../src/failure.ts'
import { checkModel } from '../src/model/check-model.ts'
import type { ModelFolder } from './model-folder.ts'

/** Rows that the model is asked about before it is accepted. */
const ROWS = 16

/**
 * Runs the model once on sample rows as the device will, and says what is wrong with its answers. The rows are
 * spread over ±3 standard deviations of what it was trained on: scaled features have mean 0 and deviation 1.
 */
export async function modelProblems(folder: string, { onnx, metadata }: ModelFolder): Promise<FailureText[]> {
  const ort = await import('onnxruntime-node')
  const width = metadata.features.length
  const rows = Float32Array.from({ length: ROWS * width }, (_, index) => {
    const row = Math.floor(index / width)
    return 3 * Math.sin(1 + row * 7.3 + (index % width) * 2.1)
  })
  rows.fill(0, 0, width)
  const problems = await checkModel(ort, onnx, metadata, rows)
  return problems.map(({ path, what, mend }) => ({ where: join(folder, path), what, mend }))
}
