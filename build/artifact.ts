import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { chmod, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { constants, crc32, createDeflateRaw, deflateRawSync } from 'node:zlib'
import { ENTRY } from '../src/bundle/layout.ts'
import { openBundle } from '../src/bundle/open.ts'
import { type Cache, cached, type Log } from './cache.ts'
import { type BundleEntries, buildTimeOf, byCodeUnits } from './manifest.ts'
import { ROOT } from './root.ts'
import { writeZip, type ZipPart } from './zip-writer.ts'

export interface Artifact {
  /** Stamped already. */
  readonly executable: string
  /** Those that it was stamped with. */
  readonly entries: BundleEntries
  readonly output: string
  readonly log?: Log
  readonly cacheDirectory?: string
}

const CHECKSUMS = 'SHA256SUMS'

/** One level up takes three times as long for 0.2 % (6: 49.10 MB in 2.4 s, 9: 49.00 MB in 6.0 s, arm64). */
const LEVEL = 6

/** Writes the ZIP that travels: the executable, its manifest and README, and their checksums. */
export async function writeArtifact({
  executable,
  entries,
  output,
  log = () => undefined,
  cacheDirectory,
}: Artifact): Promise<void> {
  const cache: Cache = { directory: cacheDirectory ?? join(ROOT, '.cache'), log }
  const program = await executablePart(executable, cache)
  const texts = [ENTRY.manifest, ENTRY.readme].map((name) => ({ name, bytes: entries[name] ?? new Uint8Array() }))
  const sums = [
    { name: program.part.name, sha256: program.sha256 },
    ...texts.map(({ name, bytes }) => ({ name, sha256: sha256Of(bytes) })),
  ]
    .sort((a, b) => byCodeUnits(a.name, b.name))
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .join('')
  const parts = [program.part, ...texts.map(({ name, bytes }) => bytesPart(name, bytes)), bytesPart(CHECKSUMS, Buffer.from(sums))]
  const unfinished = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`)
  try {
    // Where others may not read the executable, they may not read a copy of it.
    const file = await open(unfinished, 'w', program.part.mode & 0o666)
    try {
      await writeZip(file, parts, buildTimeOf(entries))
      await file.sync()
    } finally {
      await file.close()
    }
    await chmod(unfinished, program.part.mode & 0o666)
    await rename(unfinished, output)
  } finally {
    await rm(unfinished, { force: true })
  }
}

function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function bytesPart(name: string, bytes: Uint8Array): ZipPart {
  const packed = deflateRawSync(bytes, { level: LEVEL })
  const sizes = { size: bytes.length, packedSize: packed.length }
  return { name, mode: 0o644, crc32: crc32(bytes), method: 'deflated', ...sizes, packed: () => [packed] }
}

/** The runtime is deflated once for all pumps; only the bundle behind it is deflated for each. */
async function executablePart(path: string, cache: Cache): Promise<{ part: ZipPart; sha256: string }> {
  const { offset } = openBundle(path).trailer
  const { size, mode } = await stat(path)
  const hash = createHash('sha256')
  let checksum = 0
  for await (const chunk of createReadStream(path, { end: offset - 1, highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    checksum = crc32(chunk, checksum)
  }
  const runtime = await deflatedRuntime(path, offset, hash.copy().digest('hex'), cache)
  const bundle = await buffer(createReadStream(path, { start: offset }))
  const tail = deflateRawSync(bundle, { level: LEVEL })
  const part: ZipPart = {
    name: basename(path),
    mode: mode & 0o777,
    size,
    crc32: crc32(bundle, checksum),
    method: 'deflated',
    packedSize: (await stat(runtime)).size + tail.length,
    async *packed() {
      yield* createReadStream(runtime, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
      yield tail
    },
  }
  return { part, sha256: hash.update(bundle).digest('hex') }
}

/** A deflate stream that ends at a byte and is not finished, so that the bundle's can follow it (RFC 1951, 3.2.3 and 3.2.4). */
async function deflatedRuntime(path: string, length: number, sha256: string, cache: Cache): Promise<string> {
  const key = { sha256, level: LEVEL, zlib: process.versions['zlib'] ?? null }
  const folder = await cached(cache, 'deflated', key, async (unfinished) => {
    cache.log(`compressing the runtime for artifacts (deflate, level ${LEVEL})`)
    await pipeline(
      createReadStream(path, { end: length - 1, highWaterMark: 1 << 20 }),
      createDeflateRaw({ level: LEVEL, memLevel: 9, chunkSize: 1 << 20, finishFlush: constants.Z_FULL_FLUSH }),
      createWriteStream(join(unfinished, 'runtime.deflate')),
    )
  })
  return join(folder, 'runtime.deflate')
}
