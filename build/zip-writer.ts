import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'

/** One file of a ZIP, as the ZIP describes it. */
export interface ZipEntry {
  readonly name: string
  /** Permissions that unzip restores. */
  readonly mode: number
  /** Uncompressed [bytes]. */
  readonly size: number
  /** Of the uncompressed bytes. */
  readonly crc32: number
  readonly method: 'stored' | 'deflated'
  /** As it goes into the ZIP [bytes]. */
  readonly packedSize: number
}

/** One whose bytes are compressed already, or stored. */
export interface ZipPart extends ZipEntry {
  readonly packed: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

export const METHODS = { stored: 0, deflated: 8 } as const
export const END_LENGTH = 22
export const SIGNATURES = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50 } as const
const VERSION_NEEDED = 20
const MADE_ON_UNIX = 3 << 8
const REGULAR_FILE = 0o100000

/**
 * Writes a ZIP from parts that need no compressing any more, in the order given; JSZip would compress 110 MB in
 * JavaScript each time. All parts carry one date, so that equal parts give equal bytes. Source: PKWARE APPNOTE.TXT
 * 6.3.10, 4.3.7, 4.3.12 and 4.3.16; no part or ZIP may reach 4 GiB.
 */
export async function writeZip(
  file: FileHandle,
  parts: readonly ZipPart[],
  date: Date,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const { locals, end } = zipHeaders(parts, date)
  const hash = createHash('sha256')
  let size = 0
  const append = async (bytes: Uint8Array): Promise<void> => {
    await file.writeFile(bytes)
    hash.update(bytes)
    size += bytes.length
  }
  for (const [index, part] of parts.entries()) {
    await append(locals[index] ?? new Uint8Array())
    const start = size
    for await (const chunk of part.packed()) await append(chunk)
    if (size - start !== part.packedSize) throw new Error(`${part.name} packs to ${size - start} bytes, not ${part.packedSize}`)
  }
  await append(end)
  return { size, sha256: hash.digest('hex') }
}

/** Everything in a ZIP but the contents: the header before each, and the directory with its end behind the last. */
export function zipHeaders(
  entries: readonly ZipEntry[],
  date: Date,
): { readonly locals: readonly Buffer[]; readonly end: Buffer } {
  const locals: Buffer[] = []
  const directory: Buffer[] = []
  let position = 0
  for (const entry of entries) {
    const local = localHeader(entry, date)
    locals.push(local)
    directory.push(centralHeader(entry, date, position))
    position += local.length + entry.packedSize
    if (position > 0xffff_ffff) throw new Error('a ZIP of 4 GiB is more than this writes')
  }
  const listing = Buffer.concat(directory)
  return { locals, end: Buffer.concat([listing, endRecord(entries.length, listing.length, position)]) }
}

function localHeader(part: ZipEntry, date: Date): Buffer {
  const name = Buffer.from(part.name)
  const header = Buffer.alloc(30)
  header.writeUInt32LE(SIGNATURES.local, 0)
  writeCommon(header, 4, part, date, name.length)
  return Buffer.concat([header, name])
}

function centralHeader(part: ZipEntry, date: Date, position: number): Buffer {
  const name = Buffer.from(part.name)
  const header = Buffer.alloc(46)
  header.writeUInt32LE(SIGNATURES.central, 0)
  header.writeUInt16LE(MADE_ON_UNIX | VERSION_NEEDED, 4)
  writeCommon(header, 6, part, date, name.length)
  header.writeUInt32LE(((REGULAR_FILE | part.mode) << 16) >>> 0, 38)
  header.writeUInt32LE(position, 42)
  return Buffer.concat([header, name])
}

/** The 24 bytes that both headers share: version, flags, method, date, checksum, sizes and the length of the name. */
function writeCommon(header: Buffer, at: number, part: ZipEntry, date: Date, nameLength: number): void {
  header.writeUInt16LE(VERSION_NEEDED, at)
  header.writeUInt16LE(METHODS[part.method], at + 4)
  header.writeUInt16LE((date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1), at + 6)
  const year = Math.max(0, date.getUTCFullYear() - 1980)
  header.writeUInt16LE((year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(), at + 8)
  header.writeUInt32LE(part.crc32, at + 10)
  header.writeUInt32LE(part.packedSize, at + 14)
  header.writeUInt32LE(part.size, at + 18)
  header.writeUInt16LE(nameLength, at + 22)
}

function endRecord(count: number, size: number, start: number): Buffer {
  const record = Buffer.alloc(END_LENGTH)
  record.writeUInt32LE(SIGNATURES.end, 0)
  record.writeUInt16LE(count, 8)
  record.writeUInt16LE(count, 10)
  record.writeUInt32LE(size, 12)
  record.writeUInt32LE(start, 16)
  return record
}
