/** A seeded stream of random numbers; the same seed and stream give the same numbers everywhere. */
export interface Random {
  /** Uniform in [0, 1), 32 random bits. */
  uniform(): number
  /** Uniform whole number in [0, below). */
  integer(below: number): number
  /** Uniform in [low, high). */
  between(low: number, high: number): number
  /** Standard normal. */
  normal(): number
}

/**
 * The generator sfc32 of PractRand (public domain), its state spread from seed and stream by a 32-bit
 * mixer. Streams of one seed are unrelated, so trees and lives can be made in any order.
 */
export function createRandom(seed: number, stream = 0): Random {
  let mixing = (Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul((stream | 0) + 0x7f4a7c15, 0x85ebca77)) >>> 0
  const mix = (): number => {
    mixing = (mixing + 0x9e3779b9) | 0
    let x = mixing ^ (mixing >>> 16)
    x = Math.imul(x, 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return (x ^ (x >>> 15)) | 0
  }
  let [a, b, c, counter] = [mix(), mix(), mix(), 1]
  const bits = (): number => {
    const sum = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + sum
    c |= 0
    return sum >>> 0
  }
  for (let i = 0; i < 12; i++) bits()

  const uniform = (): number => bits() / 4_294_967_296
  return {
    uniform,
    integer: (below) => Math.floor(uniform() * below),
    between: (low, high) => low + (high - low) * uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  }
}

/** Numbers 0…count−1 in random order (Fisher and Yates). */
export function shuffled(count: number, random: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.integer(i + 1)
    const kept = order[i] as number
    order[i] = order[j] as number
    order[j] = kept
  }
  return order
}
