import { dayNumber, instantOf } from '../readings/calendar.ts'
import { createLocalClock } from '../readings/time-zone.ts'

/** A time of a query; both ends included [ms since 1970-01-01 UTC], null where it is open. */
export interface Period {
  readonly fromMs: number | null
  readonly toMs: number | null
}

export type ReadPeriod = ({ readonly kind: 'ok' } & Period) | { readonly kind: 'wrong'; readonly option: 'from' | 'to' }

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }
const DAY_MS = 86_400_000

interface Span {
  readonly firstMs: number
  /** The last instant of what was named; of an instant, itself. */
  readonly lastMs: number
  /** As `--from` alone it means all of itself: `yesterday`, and not `7d` or `2026-11-01`. */
  readonly whole: boolean
}

/**
 * `--from` and `--to` as instants. Each is an instant (`2026-11-01T06:00`, in `zone` unless it says Z or an offset), a
 * day, month or year (`2026-11-01`, `2026-11`, `2026`), a length back from now (`90m`, `24h`, `7d`, `2w`), or
 * `now`, `today`, `yesterday`, `this|last week|month|year` (weeks begin on Monday). `--from last month` alone is all of
 * that month; `--to 2026-11-01` includes the whole day. Example: at 2026-03-15T10:00Z in UTC, `last month` is
 * 2026-02-01T00:00:00.000Z to 2026-02-28T23:59:59.999Z.
 */
export function readPeriod(from: string | undefined, to: string | undefined, zone: string, nowMs: number): ReadPeriod {
  const first = from === undefined ? null : readSpan(from, zone, nowMs)
  const last = to === undefined ? null : readSpan(to, zone, nowMs)
  if (from !== undefined && first === null) return { kind: 'wrong', option: 'from' }
  if (to !== undefined && last === null) return { kind: 'wrong', option: 'to' }
  const end = last ?? (first?.whole === true ? first : null)
  return { kind: 'ok', fromMs: first?.firstMs ?? null, toMs: end?.lastMs ?? null }
}

/** A length such as `90m`, `24h` or `7d` [ms]; null for anything else. */
export function readLength(text: string): number | null {
  const [, count, unit = ''] = /^(\d{1,6})(s|m|h|d|w)$/.exec(text.trim()) ?? []
  return count === undefined ? null : Number(count) * (UNIT_MS[unit] ?? 0)
}

function readSpan(text: string, zone: string, nowMs: number): Span | null {
  const words = text.trim().toLowerCase()
  const back = readLength(words)
  if (back !== null) return instant(nowMs - back)
  if (words === 'now') return instant(nowMs)
  return readNamed(words, zone, nowMs) ?? readCalendar(words, zone) ?? readInstant(text.trim(), zone)
}

const instant = (ms: number): Span => ({ firstMs: ms, lastMs: ms, whole: false })

function readNamed(words: string, zone: string, nowMs: number): Span | null {
  const today = new Date(localDay(nowMs, zone) * DAY_MS)
  const [year, month, day] = [today.getUTCFullYear(), today.getUTCMonth() + 1, today.getUTCDate()]
  if (words === 'today') return days(year, month, day, 1, zone)
  if (words === 'yesterday') return days(year, month, day - 1, 1, zone)
  const [, which, unit] = /^(this|last) (week|month|year)$/.exec(words) ?? []
  const back = which === 'last' ? 1 : 0
  switch (unit) {
    case 'week':
      return days(year, month, day - ((today.getUTCDay() + 6) % 7) - 7 * back, 7, zone)
    case 'month':
      return months(year, month - back, 1, zone)
    case 'year':
      return months(year - back, 1, 12, zone)
    default:
      return null
  }
}

function readCalendar(words: string, zone: string): Span | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(words) ?? []
  if (year === undefined || Number.isNaN(dayNumber(Number(year), Number(month ?? 1), Number(day ?? 1)))) return null
  const span =
    month === undefined
      ? months(Number(year), 1, 12, zone)
      : day === undefined
        ? months(Number(year), Number(month), 1, zone)
        : days(Number(year), Number(month), Number(day), 1, zone)
  return { ...span, whole: false }
}

function readInstant(text: string, zone: string): Span | null {
  const [, y, mo, d, h, mi, s, ms, offset] =
    /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|[+-]\d{2}:\d{2})?$/i.exec(text) ?? []
  if (y === undefined) return null
  const day = dayNumber(Number(y), Number(mo), Number(d))
  const local = instantOf(day, Number(h), Number(mi), Number(s ?? 0), Number((ms ?? '0').padEnd(3, '0')))
  if (Number.isNaN(local)) return null
  if (offset === undefined) return instant(createLocalClock(zone).toUtc(local))
  const away = /^z$/i.test(offset) ? 0 : Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4))
  return instant(local - (offset.startsWith('-') ? -1 : 1) * away * 60_000)
}

/** `Date.UTC` carries days and months over their ends. */
function days(year: number, month: number, day: number, count: number, zone: string): Span {
  return between(Date.UTC(year, month - 1, day), Date.UTC(year, month - 1, day + count), zone)
}

function months(year: number, month: number, count: number, zone: string): Span {
  return between(Date.UTC(year, month - 1, 1), Date.UTC(year, month - 1 + count, 1), zone)
}

function between(firstLocalMs: number, endLocalMs: number, zone: string): Span {
  const clock = createLocalClock(zone)
  return { firstMs: clock.toUtc(firstLocalMs), lastMs: clock.toUtc(endLocalMs) - 1, whole: true }
}

/** The day of a zone's calendar in which an instant lies, counted from 1970-01-01. */
function localDay(utcMs: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' })
  const [year = 0, month = 0, day = 0] = parts.format(utcMs).split('-').map(Number)
  return dayNumber(year, month, day)
}
