import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { chmod, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { artifactFiles } from './artifact-files.ts'
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
  /** Those entries, made for that runtime. */
  readonly bundle: Uint8Array
  /** The executable's name inside. */
  readonly name: string
  /** The bundle holds a token: nobody but the owner may read executable and artifact. */
  readonly ownerOnly: boolean
  /** null: unsigned. */
  readonly key: SigningKey | null
  readonly output: string
}

export interface WrittenArtifact {
  readonly executableSha256: string
  /** Of the ZIP. */
  readonly size: number
  readonly sha256: string
}

/**
 * Writes the ZIP that travels: the executable as `stamp` writes it, what installs it, what is inside it, and checksums
 * with their signature.
 */
export async function writeArtifact(artifact: Artifact): Promise<WrittenArtifact> {
  const { runtime, entries, name, output, ownerOnly, key } = artifact
  const { zipPart, sha256 } = executablePart(artifact)
  const files = artifactFiles({ name, sha256 }, entries, runtime)
  const sums: Checksums = { [name]: sha256, ...hashesOf(files) }
  const list = new TextEncoder().encode(formatChecksums(sums))
  const all = { ...files, [CHECKSUMS]: list, ...(key === null ? {} : { [SIGNATURE]: key.sign(list) }) }
  const parts = [zipPart, ...Object.entries(all).map(([file, bytes]) => bytesPart(file, bytes))]
  const sorted = parts.sort((a, b) => byCodeUnits(a.name, b.name))
  const unfinished = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`)
  const mode = ownerOnly ? 0o600 : 0o644
  try {
    const file = await open(unfinished, 'w', mode)
    let written: Omit<WrittenArtifact, 'executableSha256'>
    try {
      written = await writeZip(file, sorted, buildTimeOf(entries))
      await file.sync()
    } finally {
      await file.close()
    }
    await chmod(unfinished, mode)
    await rename(unfinished, output)
    return { executableSha256: sha256, ...written }
  } finally {
    await rm(unfinished, { force: true })
  }
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
function executablePart({ bundle, name, ownerOnly, part }: Artifact): { zipPart: ZipPart; sha256: string } {
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
