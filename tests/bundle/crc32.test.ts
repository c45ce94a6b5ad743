import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { smallCrc32 } from '../../src/bundle/crc32.ts'

test('is the checksum that zlib takes', () => {
  expect(smallCrc32(Buffer.from('123456789'))).toBe(0xcbf43926)
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void expect(smallCrc32(bytes)).toBe(crc32(bytes))))
})
