import { join } from 'node:path'
import type { FailureText } from '../src/failure.ts'
import { checkModel } from '../src/model/check-model.ts'
import type { ModelFolder } from './model-folder.ts'
import { sampleRows } from './sample-rows.ts'

/** Rows that the model is asked about before it is accepted. */
const ROWS = 16

/** Runs the model once on sample rows as the device will, and says what is wrong with its answers. */
export async function modelProblems(folder: string, { onnx, metadata }: ModelFolder): Promise<FailureText[]> {
  const ort = await import('onnxruntime-node')
  const problems = await checkModel(ort, onnx, metadata, sampleRows(ROWS, metadata.features.length, 1))
  return problems.map(({ path, what, mend }) => ({ where: join(folder, path), what, mend }))
}
