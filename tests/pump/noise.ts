/** Seeded uniform numbers in [0, 1): mulberry32 (public domain). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** Standard normal numbers by Box and Muller. */
export function normal(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Noise of a standard deviation whose neighbours correlate by `phi` (autoregressive of order one, stationary from the start). */
export function autocorrelated(random: () => number, sigma: number, phi: number): () => number {
  const next = normal(random)
  let value = next() * sigma
  const innovation = sigma * Math.sqrt(1 - phi ** 2)
  return () => {
    const current = value
    value = phi * value + innovation * next()
    return current
  }
}
