/** Bytes to text, piece by piece. */
export type Decoder = InstanceType<typeof TextDecoder>

/**
 * The decoder for a file from its first bytes: a byte order mark decides; zeros in every other place are UTF-16
 * without one; where less of what is not ASCII is UTF-8 than is not, it is Windows-1252, which loggers write for `m³/h`
 * and `°C`; else UTF-8. Single bytes that are no UTF-8 become U+FFFD, so that their cell is bad and no other.
 */
export function decoderFor(beginning: Uint8Array): Decoder {
  return new TextDecoder(encodingOf(beginning))
}

const LOOKED_AT = 64

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const zeros = [0, 0]
  const looked = Math.min(LOOKED_AT, bytes.length)
  for (let i = 0; i < looked; i++) if (bytes[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (odd * 2 > looked * 0.8 && even === 0) return 'utf-16le'
  if (even * 2 > looked * 0.8 && odd === 0) return 'utf-16be'
  // As a stream, since the beginning may end inside a character.
  const text = new TextDecoder().decode(bytes, { stream: true })
  const broken = text.split('\ufffd').length - 1
  if (broken === 0 || text.includes('\0')) return 'utf-8'
  const whole = (text.match(/[^\0-\u007f]/g)?.length ?? 0) - broken
  return whole >= broken ? 'utf-8' : 'windows-1252'
}
