import { crc32 as zlibs } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../src/crc32.ts'

test('is the checksum that zlib takes', () => {
  expect(crc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void expect(crc32(bytes)).toBe(zlibs(bytes))))
})
