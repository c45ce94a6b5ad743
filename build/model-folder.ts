import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { FailureText } from '../src/failure.ts'
import { type ModelMetadata, modelMetadataSchema, type ScalerParameters, scalerSchema } from '../src/model/metadata.ts'
import type { Checked } from '../src/problems.ts'
import { readChecked, unreadable } from './read-checked.ts'

/** What `models/<pump>/` holds. */
export interface ModelFolder {
  readonly onnx: Uint8Array
  readonly metadata: ModelMetadata
  /** null: the model scales its input itself. */
  readonly scaler: ScalerParameters | null
}

/** Reads `model.onnx`, `metadata.json` and, where it is there, `scaler.json`, and checks that they belong together. */
export async function readModelFolder(folder: string): Promise<Checked<ModelFolder>> {
  const onnxFile = join(folder, 'model.onnx')
  const metadataFile = join(folder, 'metadata.json')
  const scalerFile = join(folder, 'scaler.json')
  const problems: FailureText[] = []
  const onnx = await readFile(onnxFile).catch((error: unknown) => {
    problems.push(unreadable(onnxFile, error))
    return null
  })
  const metadata = await readChecked(metadataFile, modelMetadataSchema, problems)
  const scaler = await readChecked(scalerFile, scalerSchema, problems, { optional: true })
  if (metadata !== null && onnx !== null && createHash('sha256').update(onnx).digest('hex') !== metadata.sha256) {
    const mend = 'train again, or take both files from one training'
    problems.push({ where: `${metadataFile}: sha256`, what: 'is not that of model.onnx', mend })
  }
  if (metadata !== null && scaler !== null) problems.push(...scalerProblems(scalerFile, scaler, metadata))
  if (onnx === null || metadata === null || problems.length > 0) return { kind: 'invalid', problems }
  return { kind: 'ok', value: { onnx, metadata, scaler } }
}

function scalerProblems(file: string, scaler: ScalerParameters, metadata: ModelMetadata): FailureText[] {
  const { features, mean, scale } = scaler
  if (features.join('\n') !== metadata.features.join('\n')) {
    const mend = 'take both files from one training'
    return [{ where: `${file}: features`, what: 'are not those of metadata.json, in its order', mend }]
  }
  return Object.entries({ mean, scale }).flatMap(([name, values]) =>
    values.length === features.length
      ? []
      : [
          {
            where: `${file}: ${name}`,
            what: `has ${values.length} values for ${features.length} features`,
            mend: 'give one for each feature',
          },
        ],
  )
}
