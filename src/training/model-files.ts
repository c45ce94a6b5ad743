import { createHash } from 'node:crypto'
import { textOf } from '../baseline/inputs.ts'
import { parseFeatureName } from '../model/feature-names.ts'
import type { ModelMetadata, ScalerParameters } from '../model/metadata.ts'
import { writeInto } from './output-folder.ts'

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
  writeInto(directory, { 'model.onnx': onnx, 'scaler.json': jsonOf(scaler), 'metadata.json': jsonOf(metadata) })
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
