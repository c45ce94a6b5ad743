/** ONNX Runtime as the executable carries it, each file compressed by zstd as an asset under its own name. */
export const NATIVE_FILES = ['libonnxruntime.so.1', 'onnxruntime_binding.node'] as const

/** The asset that holds the list below as JSON. */
export const NATIVE_LIST = 'native.json'

export interface NativeList {
  /** SHA-256 of the list of files and their hashes; the name of the folder they are extracted to. */
  readonly id: string
  readonly files: readonly NativeFile[]
}

export interface NativeFile {
  readonly name: string
  /** Uncompressed [bytes]. */
  readonly size: number
  /** Of the uncompressed bytes, hex. */
  readonly sha256: string
}
