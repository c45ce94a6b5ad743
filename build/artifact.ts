import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { artifactFiles } from './artifact-files.ts'
import { bundleZip } from './bundle-zip.ts'
import { CHECKSUMS, type Checksums, formatChecksums, SIGNATURE } from './checksums.ts'
import { type BundleEntries, buildTimeOf, byCodeUnits } from './manifest.ts'
import type { Runtime } from './runtime.ts'
import { DEFLATE_LEVEL, type RuntimePart } from './runtime-part.ts'
import type { SigningKey } from './signature.ts'
import { writeZip, type ZipPart } from './zip-writer.ts'

export interface Artifact {
  readonly runtime: Runtime
  /** Of that runtime. */
  readonly part: RuntimePart
  readonly entries: BundleEntries
  /** The executable's name inside. */
  readonly name: string
  /** The bundle holds a token: nobody but the owner may read executable and artifact. */
  readonly ownerOnly: boolean
  /** null: unsigned. */
  readonly key: SigningKey | null
  readonly output: string
}

/**
 * Writes the ZIP that travels: the executable as `stamp` writes it, what installs it, what is inside it, and checksums
 * with their signature. Returns the executable's hash.
 */
export async function writeArtifact(artifact: Artifact): Promise<{ readonly executableSha256: string }> {
  const { runtime, entries, name, output, ownerOnly, key } = artifact
  const { zipPart, sha256 } = await executablePart(artifact)
  const files = artifactFiles({ name, sha256 }, entries, runtime)
  const sums: Checksums = { [name]: sha256, ...hashesOf(files) }
  const list = new TextEncoder().encode(formatChecksums(sums))
  const all = { ...files, [CHECKSUMS]: list, ...(key === null ? {} : { [SIGNATURE]: key.sign(list) }) }
  const parts = [zipPart, ...Object.entries(all).map(([file, bytes]) => bytesPart(file, bytes))]
  const unfinished = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`)
  const mode = ownerOnly ? 0o600 : 0o644
  try {
    const file = await open(unfinished, 'w', mode)
    try {
      await writeZip(
        file,
        parts.sort((a, b) => byCodeUnits(a.name, b.name)),
        buildTimeOf(entries),
      )
      await file.sync()
    } finally {
      await file.close()
    }
    await chmod(unfinished, mode)
    await rename(unfinished, output)
  } finally {
    await rm(unfinished, { force: true })
  }
  return { executableSha256: sha256 }
}

function hashesOf(files: Readonly<Record<string, Uint8Array>>): Checksums {
  const hash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
  return Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, hash(bytes)]))
}

function bytesPart(name: string, bytes: Uint8Array): ZipPart {
  const packed = deflateRawSync(bytes, { level: DEFLATE_LEVEL })
  const sizes = { size: bytes.length, packedSize: packed.length }
  return { name, mode: 0o644, crc32: crc32(bytes), method: 'deflated', ...sizes, packed: () => [packed] }
}

/** The runtime is deflated once for all pumps; only the bundle behind it is deflated for each. */
async function executablePart({ entries, name, ownerOnly, part }: Artifact): Promise<{ zipPart: ZipPart; sha256: string }> {
  const bundle = await bundleZip(entries, part.size)
  const tail = deflateRawSync(bundle, { level: DEFLATE_LEVEL })
  const zipPart: ZipPart = {
    name,
    mode: ownerOnly ? 0o700 : 0o755,
    size: part.size + bundle.length,
    crc32: crc32(bundle, part.crc32),
    method: 'deflated',
    packedSize: part.deflatedSize + tail.length,
    async *packed() {
      yield* createReadStream(part.deflated, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>
      yield tail
    },
  }
  return { zipPart, sha256: part.hash.copy().update(bundle).digest('hex') }
}
