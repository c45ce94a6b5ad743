import { getRawAsset } from 'node:sea'
import { NATIVE_LIST, type NativeList } from './native-list.ts'

/** Where ONNX Runtime's files come from. */
export interface NativeSource {
  readonly list: NativeList
  /** The bytes of a file, compressed by zstd. */
  readonly packed: (name: string) => Uint8Array
}

/** The files that this executable carries as assets; the bytes stay where the kernel mapped them. */
export function ownNativeSource(): NativeSource {
  const list = JSON.parse(new TextDecoder().decode(getRawAsset(NATIVE_LIST))) as NativeList
  return { list, packed: (name) => new Uint8Array(getRawAsset(name)) }
}
