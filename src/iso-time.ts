const DAY_MS = 86_400_000
const FIRST_MS = Date.parse('0000-01-01T00:00:00.000Z')
const LAST_MS = Date.parse('9999-12-31T23:59:59.999Z')

/** The date that was written last: readings come by the day. */
let known = { day: Number.NaN, text: '' }

/**
 * A time as ISO 8601 in UTC with milliseconds, the same text as `Date.prototype.toISOString`, which makes V8 look for the
 * time zone of the machine: milliseconds at each start, and more where /etc/localtime is no link. `ms` since 1970, whole;
 * throws RangeError for what is no time.
 */
export function isoTime(ms: number): string {
  // Years that do not have four digits, and what is no whole number.
  if (!(ms >= FIRST_MS && ms <= LAST_MS && Number.isInteger(ms))) return new Date(ms).toISOString()
  const day = Math.floor(ms / DAY_MS)
  if (day !== known.day) known = { day, text: dateOf(ms) }
  const inDay = ms - day * DAY_MS
  const seconds = Math.floor(inDay / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${known.text}T${pair(hours)}:${pair(minutes % 60)}:${pair(seconds % 60)}.${padded(inDay % 1000, 3)}Z`
}

function dateOf(ms: number): string {
  const date = new Date(ms)
  return `${padded(date.getUTCFullYear(), 4)}-${pair(date.getUTCMonth() + 1)}-${pair(date.getUTCDate())}`
}

function pair(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
