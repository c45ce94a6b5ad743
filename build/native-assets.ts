import { createHash } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { constants, zstdCompress } from 'node:zlib'
import { NATIVE_FILES, NATIVE_LIST, type NativeList } from '../src/bundle/native-list.ts'
import { type Cache, cached } from './cache.ts'
import { ROOT } from './root.ts'
import { TARGETS, type Target } from './targets.ts'

const compress = promisify(zstdCompress)

export interface NativeAssets {
  /** Of all the files together, as they are extracted. */
  readonly id: string
  /** Asset name to file. */
  readonly files: Readonly<Record<string, string>>
}

/** ONNX Runtime's two files for a target, compressed, and the list by which the device knows them again. */
export async function nativeAssets(target: Target, cache: Cache): Promise<NativeAssets> {
  const { arch, zstdLevel } = TARGETS[target]
  const source = join(ROOT, 'node_modules', 'onnxruntime-node', 'bin', 'napi-v6', 'linux', arch)
  const files = await Promise.all(
    NATIVE_FILES.map(async (name) => {
      const bytes = await readFile(join(source, name))
      return { name, bytes, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    }),
  )
  const id = createHash('sha256')
    .update(files.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join(''))
    .digest('hex')
  const folder = await cached(
    cache,
    `native-${target}`,
    { id, zstdLevel, zstd: process.versions['zstd'] ?? null },
    async (unfinished) => {
      cache.log(`compressing ONNX Runtime for ${target} (zstd, level ${zstdLevel})`)
      for (const { name, bytes } of files) {
        const params = { [constants.ZSTD_c_compressionLevel]: zstdLevel, [constants.ZSTD_c_checksumFlag]: 1 }
        await writeFile(join(unfinished, name), await compress(bytes, { params }))
      }
      const list: NativeList = { id, files: files.map(({ name, size, sha256 }) => ({ name, size, sha256 })) }
      await writeFile(join(unfinished, NATIVE_LIST), JSON.stringify(list))
    },
  )
  return { id, files: Object.fromEntries([...NATIVE_FILES, NATIVE_LIST].map((name) => [name, join(folder, name)])) }
}
