/** Date.parse alone would take `-5` for a date. */
const HTTP_DATE = /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun).*GMT$/

/**
 * How long a `Retry-After` header asks to wait, in ms; null when it says nothing usable (RFC 9110, 10.2.3: seconds or a
 * date). A date is compared with the server's own clock where it tells it, because the device's may be wrong.
 */
export function parseRetryAfter(header: string | null, serverDate: string | null, nowMs: number): number | null {
  if (header === null) return null
  const text = header.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const until = HTTP_DATE.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(until)) return null
  const server = Date.parse(serverDate ?? '')
  return Math.max(0, until - (Number.isNaN(server) ? nowMs : server))
}
