import { createHash } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FailureText } from '../src/failure.ts'
import { type ModelMetadata, modelMetadataSchema, type ScalerParameters, scalerSchema } from '../src/model/metadata.ts'
import type { Checked } from '../src/problems.ts'
import { readChecked, unreadable } from './read-checked.ts'

/** Largest model [MB]: in memory it takes three times as much, beside 120 MB for the rest of the program. Ours. */
const MOST_MB = 100

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
  const onnx = await readModel(onnxFile, problems)
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

/** Asks for the size first: a model that is far too large is not even read. */
async function readModel(file: string, problems: FailureText[]): Promise<Uint8Array | null> {
  try {
    const { size } = await stat(file)
    if (size <= MOST_MB * 1e6) return await readFile(file)
    const what = `is ${Math.ceil(size / 1e6)} MB, and a device takes at most ${MOST_MB} MB`
    problems.push({ where: file, what, mend: 'train fewer or shallower trees' })
  } catch (error) {
    problems.push(unreadable(file, error))
  }
  return null
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
