import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OutputFailure, reasonOf } from '../failure.ts'
import { parseFeatureName } from '../model/feature-names.ts'
import type { ModelMetadata, ScalerParameters } from '../model/metadata.ts'
import { textOf } from './inputs.ts'

/** A trained model, ready for `package --model DIR`. */
export interface ModelFiles {
  readonly onnx: Uint8Array
  readonly scaler: ScalerParameters
  readonly metadata: ModelMetadata
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Names the data that a model comes from: the hash of the files' hashes, in order. */
export function dataHash(files: readonly string[], cwd: string): string {
  return sha256(files.map((file) => sha256(textOf(file, cwd))).join())
}

/** Longest window among features [readings]. */
export function longestWindow(features: readonly string[]): number {
  return Math.max(1, ...features.map((name) => parseFeatureName(name)?.window ?? 1))
}

/** Writes `model.onnx`, `scaler.json` and `metadata.json`. */
export function writeModel(directory: string, { onnx, scaler, metadata }: ModelFiles): void {
  try {
    mkdirSync(directory, { recursive: true })
    writeFileSync(join(directory, 'model.onnx'), onnx)
    writeFileSync(join(directory, 'scaler.json'), jsonOf(scaler))
    writeFileSync(join(directory, 'metadata.json'), jsonOf(metadata))
  } catch (cause) {
    throw new OutputFailure({
      where: directory,
      what: `cannot be written (${reasonOf(cause)})`,
      mend: 'choose another --out',
      cause,
    })
  }
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
