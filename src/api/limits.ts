/** What one token may ask for: `perSecond` in the long run, ten seconds of it at once. */
export interface RateLimit {
  /** Seconds to wait when the token has used up its share; null when this request is within it. */
  waitOf(token: string, nowMs: number): number | null
}

const BURST_SECONDS = 10

/** A bucket of requests per token that fills with time (the token bucket). */
export function createRateLimit(perSecond: number): RateLimit {
  const buckets = new Map<string, { left: number; atMs: number }>()
  const size = perSecond * BURST_SECONDS
  return {
    waitOf: (token, nowMs) => {
      const bucket = buckets.get(token) ?? { left: size, atMs: nowMs }
      // A clock that was set back fills nothing.
      const left = Math.min(size, bucket.left + (Math.max(0, nowMs - bucket.atMs) / 1000) * perSecond)
      const allowed = left >= 1
      buckets.set(token, { left: allowed ? left - 1 : left, atMs: nowMs })
      return allowed ? null : Math.ceil((1 - left) / perSecond)
    },
  }
}
