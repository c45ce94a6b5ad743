import { crc32 } from 'node:zlib'

/** One entry of a bundle; `data` is a view, not a copy. */
export interface StoredEntry {
  readonly name: string
  readonly data: Uint8Array
  readonly crc32: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
/** The record that ends a ZIP, without its comment [bytes]. */
export const END_LENGTH = 22

/**
 * Reads a ZIP whose entries are all stored, which is the only kind that bundles are. `zip` starts at `offset` of its
 * file and ends where the comment starts; positions inside count from the start of the file (APPNOTE.TXT 6.3.10,
 * 4.3.7, 4.3.12 and 4.3.16). Throws an Error with the reason when it is anything else.
 */
export function readStoredZip(zip: Uint8Array, offset: number): StoredEntry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = zip.length - END_LENGTH
  if (end < 0 || view.getUint32(end, true) !== END) throw new Error('the end of its directory is not where it should be')
  const count = view.getUint16(end + 10, true)
  let position = view.getUint32(end + 16, true) - offset
  const entries: StoredEntry[] = []
  for (let index = 0; index < count; index++) {
    if (position < 0 || position + 46 > end || view.getUint32(position, true) !== CENTRAL) {
      throw new Error(`entry ${index + 1} of its directory is not where it should be`)
    }
    const nameLength = view.getUint16(position + 28, true)
    const name = textOf(zip, position + 46, nameLength)
    if (view.getUint16(position + 10, true) !== 0) throw new Error(`${name} is compressed`)
    entries.push({ name, data: dataOf(zip, view, position, offset, name), crc32: view.getUint32(position + 16, true) })
    position += 46 + nameLength + view.getUint16(position + 30, true) + view.getUint16(position + 32, true)
  }
  return entries
}

/** Whether the bytes are those that the ZIP's own checksum was taken of. */
export function isIntact(entry: StoredEntry): boolean {
  return crc32(entry.data) === entry.crc32
}

function dataOf(zip: Uint8Array, view: DataView, central: number, offset: number, name: string): Uint8Array {
  const size = view.getUint32(central + 24, true)
  const local = view.getUint32(central + 42, true) - offset
  if (local < 0 || local + 30 > zip.length || view.getUint32(local, true) !== LOCAL)
    throw new Error(`${name} is not where it should be`)
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true)
  if (start + size > central) throw new Error(`${name} reaches into what follows it`)
  return zip.subarray(start, start + size)
}

function textOf(bytes: Uint8Array, start: number, length: number): string {
  return new TextDecoder().decode(bytes.subarray(start, start + length))
}
