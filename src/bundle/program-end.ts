import { readSync } from 'node:fs'

/**
 * Where an ELF file ends by its own account [bytes]: after its section headers, which are the last thing in the
 * executables that we build. Null for a file that is no 64-bit little-endian ELF (ELF-64 Object File Format 1.5,
 * file header).
 */
export function programEnd(fd: number): number | null {
  const header = Buffer.alloc(64)
  if (readSync(fd, header, 0, header.length, 0) < header.length) return null
  const isElf64 = header.readUInt32BE(0) === 0x7f454c46 && header[4] === 2 && header[5] === 1
  if (!isElf64) return null
  return Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60)
}
