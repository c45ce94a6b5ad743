const DAY_MS = 86_400_000
/** Days from 0000-03-01, where the leap day is the last day of a year, to 1970-01-01; and the days of 400 years. */
const DAYS_BEFORE_1970 = 719_468
const DAYS_OF_400_YEARS = 146_097
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
  if (day !== known.day) known = { day, text: dateOf(day) }
  const inDay = ms - day * DAY_MS
  const seconds = Math.floor(inDay / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${known.text}T${padded(hours, 2)}:${padded(minutes % 60, 2)}:${padded(seconds % 60, 2)}.${padded(inDay % 1000, 3)}Z`
}

/** Gregorian date of a day counted from 1970-01-01, by eras of 400 years. Source: ours. */
function dateOf(day: number): string {
  const days = day + DAYS_BEFORE_1970
  const era = Math.floor(days / DAYS_OF_400_YEARS)
  const inEra = days - era * DAYS_OF_400_YEARS
  // Less the leap days before it: one in 4 years, none in 100, one in 400.
  const year = Math.floor((inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365)
  const inYear = inEra - (365 * year + Math.floor(year / 4) - Math.floor(year / 100))
  // From March on, five months have 153 days.
  const month = Math.floor((5 * inYear + 2) / 153)
  const dayOfMonth = inYear - Math.floor((153 * month + 2) / 5) + 1
  const isAfterYearEnd = month >= 10
  return `${padded(era * 400 + year + (isAfterYearEnd ? 1 : 0), 4)}-${padded(isAfterYearEnd ? month - 9 : month + 3, 2)}-${padded(dayOfMonth, 2)}`
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0')
}
