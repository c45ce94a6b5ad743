/** The polynomial of CRC-32 as ZIP and Ethernet use it, its bits reversed (APPNOTE.TXT 6.3.10, 4.4.7). */
const POLYNOMIAL = 0xedb88320

/** What a byte that leaves the register does to it. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
  return crc
})

/**
 * CRC-32 of some kilobytes. It sees every change of up to 32 bits in a row, and one in four thousand million of all
 * others. To load Node's zlib or crypto takes a small device longer than this does; megabytes are for them.
 */
export function crc32(bytes: Uint8Array): number {
  let crc = -1
  // biome-ignore lint/style/useForOf: an iterator takes several times as long until V8 has compiled it
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}
