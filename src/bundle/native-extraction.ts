import { createReadStream, rmSync } from 'node:fs'
import { createDurableFile } from '../state/durable.ts'
import type { NativeFile } from './native-list.ts'
import type { NativeSource } from './native-source.ts'

/** What Node has for it, loaded only now: most runs extract nothing, and this would take milliseconds of each start. */
function tools() {
  const { createHash } = process.getBuiltinModule('node:crypto')
  const { Readable, promises } = process.getBuiltinModule('node:stream')
  const { createZstdDecompress } = process.getBuiltinModule('node:zlib')
  return { createHash, createZstdDecompress, pipeline: promises.pipeline, Readable }
}

/** Of a file, hex; read in pieces. */
export async function hashOf(path: string): Promise<string> {
  const { createHash, pipeline } = tools()
  const hash = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 1 << 18 }), hash)
  return hash.digest('hex')
}

/**
 * Writes a library that the executable carries, durably. Decompresses in pieces: 25 MB at once would double what a small
 * device needs for a moment. Throws an Error with the reason, and leaves no file then.
 */
export async function extract(path: string, { name, size, sha256 }: NativeFile, source: NativeSource): Promise<void> {
  const { createHash, createZstdDecompress, pipeline, Readable } = tools()
  rmSync(path, { recursive: true, force: true })
  const file = createDurableFile(path, { mode: 0o600 })
  try {
    const hash = createHash('sha256')
    let length = 0
    await pipeline(Readable.from([source.packed(name)]), createZstdDecompress(), async (pieces: AsyncIterable<Uint8Array>) => {
      for await (const piece of pieces) {
        hash.update(piece)
        file.write(piece)
        length += piece.length
      }
    })
    if (length !== size || hash.digest('hex') !== sha256) throw new Error(`the ${name} that the executable carries is damaged`)
    file.commit()
  } finally {
    file.abort()
  }
}
