import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw, inflateRawSync } from 'node:zlib'
import { reasonOf } from '../src/failure.ts'
import { END_LENGTH, METHODS, SIGNATURES, type ZipEntry, zipHeaders } from './zip-writer.ts'

/** An artifact's ZIP whose directory has been read. */
export interface Archive {
  readonly path: string
  readonly entries: readonly FoundEntry[]
}

export interface FoundEntry extends ZipEntry {
  /** Where its packed bytes start [bytes]. */
  readonly start: number
}

/** Reads the directory of a ZIP as `writeZip` writes it. Throws an Error with the reason for any other. */
export async function openArchive(path: string): Promise<Archive> {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const end = await readAt(file, Math.max(0, size - END_LENGTH), END_LENGTH)
    if (end.length < END_LENGTH || end.readUInt32LE(0) !== SIGNATURES.end) {
      throw new Error('it does not end as our ZIPs do: it is cut short, or something was added')
    }
    const [length, start] = [end.readUInt32LE(12), end.readUInt32LE(16)]
    if (start + length + END_LENGTH !== size) throw new Error('its directory is not where its end says')
    return { path, entries: entriesIn(await readAt(file, start, length), end.readUInt16LE(10)) }
  } finally {
    await file.close()
  }
}

function entriesIn(directory: Buffer, count: number): FoundEntry[] {
  const entries: FoundEntry[] = []
  let position = 0
  for (let index = 0; index < count; index++) {
    if (position + 46 > directory.length || directory.readUInt32LE(position) !== SIGNATURES.central) {
      throw new Error(`entry ${index + 1} of its directory is damaged`)
    }
    const nameLength = directory.readUInt16LE(position + 28)
    const name = directory.toString('utf8', position + 46, position + 46 + nameLength)
    const method = directory.readUInt16LE(position + 10) === METHODS.deflated ? 'deflated' : 'stored'
    entries.push({
      name,
      mode: (directory.readUInt32LE(position + 38) >>> 16) & 0o7777,
      size: directory.readUInt32LE(position + 24),
      crc32: directory.readUInt32LE(position + 16),
      method,
      packedSize: directory.readUInt32LE(position + 20),
      start: directory.readUInt32LE(position + 42) + 30 + nameLength,
    })
    position += 46 + nameLength
  }
  if (position !== directory.length) throw new Error('its directory holds more than it lists')
  return entries
}

/** The one entry of an artifact that may be executed. Throws an Error when there is none, or several. */
export function executableIn({ entries }: Archive): FoundEntry {
  const [executable, ...more] = entries.filter(({ mode }) => (mode & 0o100) !== 0)
  if (executable === undefined || more.length > 0)
    throw new Error(`${more.length + (executable ? 1 : 0)} files in it are executable`)
  return executable
}

/**
 * Whether every byte of the ZIP that is no content is the one that `writeZip` writes for these entries, with these
 * permissions and this date.
 */
export async function hasOurHeaders({ path, entries }: Archive, modeOf: (name: string) => number, date: Date): Promise<boolean> {
  const { locals, end } = zipHeaders(
    entries.map((entry) => ({ ...entry, mode: modeOf(entry.name) })),
    date,
  )
  const file = await open(path)
  try {
    let position = 0
    for (const [index, { packedSize }] of entries.entries()) {
      const expected = locals[index] ?? Buffer.alloc(0)
      if (!(await readAt(file, position, expected.length)).equals(expected)) return false
      position += expected.length + packedSize
    }
    return (await readAt(file, position, end.length)).equals(end)
  } finally {
    await file.close()
  }
}

/** Unpacks an entry into a new file; returns its hash. Throws an Error when it is damaged. */
export async function unpackTo(output: string, { path }: Archive, entry: FoundEntry): Promise<{ readonly sha256: string }> {
  const hash = createHash('sha256')
  const seen = { size: 0, checksum: 0 }
  const watch = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk)
      seen.size += chunk.length
      seen.checksum = crc32(chunk, seen.checksum)
      // No more than was announced: a small file can unpack to any size.
      if (seen.size > entry.size) done(new Error('it is larger than announced'))
      else done(null, chunk)
    },
  })
  const inflate = createInflateRaw()
  const source = createReadStream(path, { start: entry.start, end: entry.start + entry.packedSize - 1 })
  try {
    await pipeline(source, inflate, watch, createWriteStream(output, { flags: 'wx', mode: 0o700 }))
  } catch (error) {
    throw damaged(entry, reasonOf(error))
  }
  if (seen.size !== entry.size || seen.checksum !== entry.crc32 || inflate.bytesWritten !== entry.packedSize) {
    throw damaged(entry, 'its size or CRC-32 is another')
  }
  return { sha256: hash.digest('hex') }
}

/** More than any file of an artifact but the executable has [bytes]. */
const LARGEST_IN_MEMORY = 1 << 24

/** The bytes of an entry that fits into memory. Throws an Error when it is damaged. */
export async function unpack({ path }: Archive, entry: FoundEntry): Promise<Buffer> {
  if (Math.max(entry.size, entry.packedSize) > LARGEST_IN_MEMORY) throw damaged(entry, `it claims ${entry.size} bytes`)
  const file = await open(path)
  try {
    const packed = await readAt(file, entry.start, entry.packedSize)
    const { buffer, engine } = inflateRawSync(packed, { maxOutputLength: entry.size + 1, info: true }) as unknown as {
      readonly buffer: Buffer
      readonly engine: { readonly bytesWritten: number }
    }
    if (buffer.length !== entry.size || crc32(buffer) !== entry.crc32 || engine.bytesWritten !== entry.packedSize) {
      throw new Error('its size or CRC-32 is another')
    }
    return buffer
  } catch (error) {
    throw damaged(entry, reasonOf(error))
  } finally {
    await file.close()
  }
}

function damaged({ name }: FoundEntry, reason: string): Error {
  return new Error(`${name} is damaged (${reason})`)
}

/** As much as there is. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position)
  return buffer.subarray(0, bytesRead)
}
