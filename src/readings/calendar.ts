const DAY_MS = 86_400_000

/** Days from 1970-01-01 to a day of the Gregorian calendar; NaN when there is no such day. */
export function dayNumber(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return Number.NaN
  // March first, so that the leap day ends the year (Howard Hinnant, "chrono-compatible low-level date algorithms").
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146_097 + dayOfEra - 719_468
}

/**
 * Milliseconds from 1970-01-01T00:00 on one clock to a day and a time of day on the same clock; NaN when there is
 * no such time. 24:00 is the next day's 0:00 (ISO 8601-1:2019/Amd 1:2022, 4.3.8), a leap second the next minute's 0.
 */
export function instantOf(day: number, hour: number, minute: number, second: number, ms: number): number {
  if (minute > 59 || second > 60 || hour > 24 || (hour === 24 && (minute > 0 || second > 0 || ms > 0))) return Number.NaN
  return day * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 + ms
}

/** The hour of a 24-hour clock, or NaN: 12 AM is 0, 12 PM is 12. */
export function hourOf12(hour: number, afternoon: boolean): number {
  if (hour < 1 || hour > 12) return Number.NaN
  return (hour % 12) + (afternoon ? 12 : 0)
}

/** A year of two digits, as a logger writes it: always of this century. */
export function yearOf2(year: number): number {
  return 2000 + year
}

export const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
