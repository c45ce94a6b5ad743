import { dayNumber, hourOf12, instantOf, MONTHS, yearOf2 } from './calendar.ts'

/** Which of the first two numbers of `06/01/2024` is the month. Decided once per file. */
export type DayMonthOrder = 'month-first' | 'day-first'

/** A timestamp as its parts; `offsetMs` is NaN when it carries no zone. Reused from row to row. */
export interface TimestampParts {
  /** Milliseconds on the clock that wrote it. */
  localMs: number
  offsetMs: number
}

/**
 * Reads the timestamps that sites write, without regular expressions because this runs once a row:
 *
 *     date  YYYY-MM-DD  YYYY/MM/DD  YYYY.MM.DD  YYYYMMDD  MM/DD/YYYY  DD/MM/YYYY  DD.MM.YYYY  DD-MMM-YYYY
 *           one digit or two for day and month, two or four for the year; `-` as well as `/`
 *     time  none (0:00), or after `T`, `t`, a comma or blanks: H:mm, H:mm:ss, fractions after `.` or `,`, HHmm, HHmmss;
 *           AM or PM
 *     zone  none, Z, UTC, GMT, ±hh, ±hh:mm, ±hhmm
 *
 * Returns whether `text` is one of them; `parts` holds it then.
 */
export function readWrittenTimestamp(text: string, order: DayMonthOrder, parts: TimestampParts): boolean {
  const scan = SCAN
  scan.text = text
  scan.at = 0
  skipBlanks(scan)
  const day = readDate(scan, order)
  if (Number.isNaN(day)) return false
  parts.offsetMs = Number.NaN
  parts.localMs = readTime(scan, day, parts)
  skipBlanks(scan)
  return scan.at === text.length && !Number.isNaN(parts.localMs)
}

/** A place in a text; one for all rows, since reading is synchronous. */
interface Scan {
  text: string
  at: number
  /** Digits of the number read last. */
  digits: number
}

const SCAN: Scan = { text: '', at: 0, digits: 0 }

const ZERO = 48
const NINE = 57
const BLANK = 32
const TAB = 9
const CARRIAGE_RETURN = 13
const NBSP = 0xa0
/** What some locales put before AM and PM. */
const NARROW_NBSP = 0x202f
const SLASH = 47
const DASH = 45
const DOT = 46
const COLON = 58
const COMMA = 44
const PLUS = 43

function skipBlanks(scan: Scan): void {
  for (;;) {
    const code = scan.text.charCodeAt(scan.at)
    if (!isBlank(code)) return
    scan.at++
  }
}

/** Blanks of a line; control characters such as the zero bytes of a power cut are none. */
function isBlank(code: number): boolean {
  return code === BLANK || (code >= TAB && code <= CARRIAGE_RETURN) || code === NBSP || code === NARROW_NBSP
}

/** The whole number at the place; `digits` is 0 when there is none. */
function readInteger(scan: Scan, most: number): number {
  let value = 0
  let digits = 0
  for (; digits < most; digits++) {
    const code = scan.text.charCodeAt(scan.at)
    if (!(code >= ZERO && code <= NINE)) break
    value = value * 10 + code - ZERO
    scan.at++
  }
  scan.digits = digits
  return value
}

function readDate(scan: Scan, order: DayMonthOrder): number {
  const first = readInteger(scan, 8)
  const firstDigits = scan.digits
  if (firstDigits === 8) return dayNumber(Math.floor(first / 10_000), Math.floor(first / 100) % 100, first % 100)
  const separator = scan.text.charCodeAt(scan.at)
  if (separator !== SLASH && separator !== DASH && separator !== DOT && separator !== BLANK) return Number.NaN
  scan.at++
  if (firstDigits !== 4 && (firstDigits === 0 || firstDigits > 2)) return Number.NaN
  const named = firstDigits === 4 ? 0 : readMonthName(scan)
  const second = named > 0 ? named : readInteger(scan, 2)
  if (named === 0 && (scan.digits === 0 || separator === BLANK)) return Number.NaN
  if (scan.text.charCodeAt(scan.at) !== separator) return Number.NaN
  scan.at++
  const third = readInteger(scan, 4)
  if (firstDigits === 4) return scan.digits > 0 && scan.digits <= 2 ? dayNumber(first, second, third) : Number.NaN
  if (scan.digits !== 4 && scan.digits !== 2) return Number.NaN
  const year = scan.digits === 2 ? yearOf2(third) : third
  // Nobody writes the month first with full stops.
  const dayFirst = named > 0 || separator === DOT || order === 'day-first'
  return dayFirst ? dayNumber(year, second, first) : dayNumber(year, first, second)
}

/** 1 to 12 for an English month name of three letters or more, 0 for anything else. */
function readMonthName(scan: Scan): number {
  let end = scan.at
  while (isLetter(scan.text.charCodeAt(end))) end++
  if (end - scan.at < 3) return 0
  const month = MONTHS.indexOf(scan.text.slice(scan.at, scan.at + 3).toLowerCase() as (typeof MONTHS)[number]) + 1
  if (month > 0) scan.at = end
  return month
}

function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122
}

/** Local milliseconds of the day and the time of day that follows it. */
function readTime(scan: Scan, day: number, parts: TimestampParts): number {
  const code = scan.text.charCodeAt(scan.at)
  const separated = (code | 32) === 116 || code === COMMA || isBlank(code)
  if (separated) scan.at++
  skipBlanks(scan)
  if (scan.at === scan.text.length) return instantOf(day, 0, 0, 0, 0)
  if (!separated) return Number.NaN
  let hour = readInteger(scan, 6)
  let minute = 0
  let second = 0
  let ms = 0
  if (scan.digits === 4 || scan.digits === 6) {
    const clock = scan.digits === 4 ? hour * 100 : hour
    hour = Math.floor(clock / 10_000)
    minute = Math.floor(clock / 100) % 100
    second = clock % 100
    ms = readFraction(scan)
  } else {
    if (scan.digits === 0 || scan.digits > 2) return Number.NaN
    if (!readColon(scan)) return Number.NaN
    minute = readInteger(scan, 2)
    if (scan.digits !== 2) return Number.NaN
    if (readColon(scan)) {
      second = readInteger(scan, 2)
      if (scan.digits !== 2) return Number.NaN
      ms = readFraction(scan)
    }
  }
  skipBlanks(scan)
  hour = readHalfOfDay(scan, hour)
  parts.offsetMs = readZone(scan)
  return instantOf(day, hour, minute, second, ms)
}

function readColon(scan: Scan): boolean {
  if (scan.text.charCodeAt(scan.at) !== COLON) return false
  scan.at++
  return true
}

/** Milliseconds of a fraction of a second; digits beyond the third are dropped. */
function readFraction(scan: Scan): number {
  const code = scan.text.charCodeAt(scan.at)
  if (code !== DOT && code !== COMMA) return 0
  scan.at++
  const thousandths = readInteger(scan, 3)
  if (scan.digits === 0) return Number.NaN
  const ms = thousandths * 10 ** (3 - scan.digits)
  readInteger(scan, 9)
  return ms
}

function readHalfOfDay(scan: Scan, hour: number): number {
  const code = scan.text.charCodeAt(scan.at) | 32
  if (code !== 97 && code !== 112) return hour
  const found = /^([ap])\.?m\.?/i.exec(scan.text.slice(scan.at, scan.at + 4))
  if (found === null) return Number.NaN
  scan.at += found[0].length
  skipBlanks(scan)
  return hourOf12(hour, code === 112)
}

/** Offset of the zone written after the time [ms]; NaN when there is none. */
function readZone(scan: Scan): number {
  if (scan.at === scan.text.length) return Number.NaN
  const code = scan.text.charCodeAt(scan.at)
  if (code === PLUS || code === DASH || code === 0x2212) {
    scan.at++
    const number = readInteger(scan, 4)
    let minutes = scan.digits === 4 ? Math.floor(number / 100) * 60 + (number % 100) : number * 60
    if (scan.digits === 2 && readColon(scan)) minutes += readInteger(scan, 2)
    return (code === PLUS ? 1 : -1) * minutes * 60_000
  }
  const found = /^(z|utc|gmt)\b/i.exec(scan.text.slice(scan.at, scan.at + 4))
  if (found === null) return Number.NaN
  scan.at += found[0].length
  return 0
}
