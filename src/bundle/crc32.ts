/** The polynomial of the ZIP's checksum, its bits reversed (APPNOTE.TXT 6.3.10, 4.4.7). */
const POLYNOMIAL = 0xedb88320

/**
 * The checksum of a ZIP's entries, for a few kilobytes: bit by bit, since to load Node's zlib takes longer. Anything larger
 * is for `node:zlib`.
 */
export function smallCrc32(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
  }
  return ~crc >>> 0
}
