/** The polynomial of CRC-32 as ZIP and Ethernet use it, its bits reversed (APPNOTE.TXT 6.3.10, 4.4.7). */
const POLYNOMIAL = 0xedb88320

/** What a byte that leaves the register does to it. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte
  for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0)
  return crc
})

/** To load Node's zlib takes a device as long as to look at so many bytes here. */
const LARGE_BYTES = 524_288

/** CRC-32. It sees every change of up to 32 bits in a row, and misses one in four thousand million of all others. */
export function crc32(bytes: Uint8Array): number {
  if (bytes.length > LARGE_BYTES) return process.getBuiltinModule('node:zlib').crc32(bytes)
  let crc = -1
  // biome-ignore lint/style/useForOf: an iterator takes several times as long until V8 has compiled it
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}
