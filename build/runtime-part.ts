import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, crc32, createDeflateRaw } from 'node:zlib'
import { type Cache, cached } from './cache.ts'

/** What every artifact of a fleet shares: the runtime, hashed and deflated once, to be continued for each pump. */
export interface RuntimePart {
  /** [bytes] */
  readonly size: number
  readonly crc32: number
  /** SHA-256 so far; to be copied before it is continued. */
  readonly hash: Hash
  /** A deflate stream that ends at a byte and is not finished, so that the bundle's can follow it (RFC 1951, 3.2.3 and 3.2.4). */
  readonly deflated: string
  readonly deflatedSize: number
}

/** One level up takes three times as long for 0.2 % (6: 49.10 MB in 2.4 s, 9: 49.00 MB in 6.0 s, arm64). */
export const DEFLATE_LEVEL = 6

const CHUNK = 1 << 20

export async function runtimePart(path: string, cache: Cache): Promise<RuntimePart> {
  const hash = createHash('sha256')
  let checksum = 0
  let size = 0
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    checksum = crc32(chunk, checksum)
    size += chunk.length
  }
  const key = { sha256: hash.copy().digest('hex'), level: DEFLATE_LEVEL, zlib: process.versions['zlib'] ?? null }
  const folder = await cached(cache, 'deflated', key, async (unfinished) => {
    cache.log(`compressing the runtime for artifacts (deflate, level ${DEFLATE_LEVEL})`)
    await pipeline(
      createReadStream(path, { highWaterMark: CHUNK }),
      createDeflateRaw({ level: DEFLATE_LEVEL, memLevel: 9, chunkSize: CHUNK, finishFlush: constants.Z_FULL_FLUSH }),
      createWriteStream(join(unfinished, NAME)),
    )
  })
  const deflated = join(folder, NAME)
  return { size, crc32: checksum, hash, deflated, deflatedSize: (await stat(deflated)).size }
}

const NAME = 'runtime.deflate'
