/** One entry of a bundle. */
export interface StoredEntry {
  readonly name: string
  /** [bytes] */
  readonly size: number
  readonly crc32: number
  /** Its bytes, read when they are asked for and not checked. Throws an Error when they are not where they should be. */
  readonly data: () => Uint8Array
}

/** Bytes of the file that the ZIP is part of, by their position in it. */
export type ReadBytes = (position: number, length: number) => Uint8Array

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
const LOCAL_LENGTH = 30
const CENTRAL_LENGTH = 46
/** The record that ends a ZIP, without its comment [bytes]. */
export const END_LENGTH = 22

/**
 * Reads the directory of a ZIP whose entries are all stored, which is the only kind that bundles are. It starts at
 * `offset` of its file and takes `length` bytes up to its comment; positions inside count from the start of the file
 * (APPNOTE.TXT 6.3.10, 4.3.7, 4.3.12 and 4.3.16). Throws an Error with the reason when it is anything else.
 */
export function readStoredZip(read: ReadBytes, offset: number, length: number): StoredEntry[] {
  const end = offset + length - END_LENGTH
  const record = viewOf(read(end, END_LENGTH))
  if (record.byteLength < END_LENGTH || record.getUint32(0, true) !== END) {
    throw new Error('the end of its directory is not where it should be')
  }
  const count = record.getUint16(10, true)
  const start = record.getUint32(16, true)
  if (start < offset || start > end) throw new Error('its directory is not where it should be')
  const directory = read(start, end - start)
  const view = viewOf(directory)
  const entries: StoredEntry[] = []
  let at = 0
  for (let index = 0; index < count; index++) {
    if (at + CENTRAL_LENGTH > directory.length || view.getUint32(at, true) !== CENTRAL) {
      throw new Error(`entry ${index + 1} of its directory is not where it should be`)
    }
    const nameLength = view.getUint16(at + 28, true)
    const name = new TextDecoder().decode(directory.subarray(at + CENTRAL_LENGTH, at + CENTRAL_LENGTH + nameLength))
    if (view.getUint16(at + 10, true) !== 0) throw new Error(`${name} is compressed`)
    const size = view.getUint32(at + 24, true)
    const local = view.getUint32(at + 42, true)
    entries.push({ name, size, crc32: view.getUint32(at + 16, true), data: () => dataOf(read, name, local, size, start) })
    at += CENTRAL_LENGTH + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return entries
}

function dataOf(read: ReadBytes, name: string, local: number, size: number, limit: number): Uint8Array {
  const header = viewOf(read(local, LOCAL_LENGTH))
  if (header.byteLength < LOCAL_LENGTH || header.getUint32(0, true) !== LOCAL)
    throw new Error(`${name} is not where it should be`)
  const start = local + LOCAL_LENGTH + header.getUint16(26, true) + header.getUint16(28, true)
  if (start + size > limit) throw new Error(`${name} reaches into what follows it`)
  return read(start, size)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
