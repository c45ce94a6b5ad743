import { dayNumber, hourOf12, instantOf, MONTHS, yearOf2 } from './calendar.ts'
import type { TimestampParts } from './written-timestamp.ts'

/** What each token of a pattern matches, and under which name. */
const TOKENS: Readonly<Record<string, string>> = {
  YYYY: '(?<year>\\d{4})',
  YY: '(?<year>\\d{2})',
  MMM: '(?<name>[A-Za-z]{3})[a-z]*',
  MM: '(?<month>\\d{1,2})',
  M: '(?<month>\\d{1,2})',
  DD: '(?<day>\\d{1,2})',
  D: '(?<day>\\d{1,2})',
  HH: '(?<hour>\\d{1,2})',
  H: '(?<hour>\\d{1,2})',
  hh: '(?<hour>\\d{1,2})',
  h: '(?<hour>\\d{1,2})',
  mm: '(?<minute>\\d{1,2})',
  m: '(?<minute>\\d{1,2})',
  ss: '(?<second>\\d{1,2})',
  s: '(?<second>\\d{1,2})',
  SSS: '(?<fraction>\\d{1,9})',
  A: '(?<half>[AaPp])\\.?[Mm]\\.?',
  a: '(?<half>[AaPp])\\.?[Mm]\\.?',
  Z: '(?<zone>[Zz]|[+-]\\d{2}(?::?\\d{2})?)',
}

// `[at]` is literal text; the longest token wins; anything else stands for itself.
const PIECE = /\[([^\]]*)\]|YYYY|YY|MMM|MM|M|DD|D|HH|H|hh|h|mm|m|ss|s|SSS|A|a|Z|[\s\S]/g

const EPOCH_FORMATS = { epoch_s: 1000, epoch_ms: 1 } as const

export type PatternOutcome =
  | { readonly kind: 'ok'; readonly read: (text: string, parts: TimestampParts) => boolean }
  | { readonly kind: 'wrong'; readonly what: string; readonly mend: string }

/**
 * A reader for a configured pattern: `MM/DD/YYYY HH:mm`, with the tokens above, or `epoch_s`, `epoch_ms`. Two-digit
 * tokens take one digit as well (`5/1/2024 0:00`); blanks match any number of blanks.
 */
export function timestampPattern(pattern: string): PatternOutcome {
  if (pattern === 'epoch_s' || pattern === 'epoch_ms') return { kind: 'ok', read: epochReader(EPOCH_FORMATS[pattern]) }
  let source = ''
  const seen = new Set<string>()
  for (const [piece, literal] of pattern.trim().matchAll(PIECE)) {
    const token = literal === undefined ? TOKENS[piece] : undefined
    const group = token === undefined ? null : /<(\w+)>/.exec(token)?.[1]
    if (group != null && seen.has(group)) return wrong(`names the ${group} twice`)
    if (group != null) seen.add(group)
    source += token ?? (/^\s$/.test(piece) ? '\\s+' : escaped(literal ?? piece))
  }
  if (!seen.has('year') || !seen.has('day') || !(seen.has('month') || seen.has('name'))) {
    return wrong('does not name year, month and day')
  }
  if (seen.has('month') && seen.has('name')) return wrong('names the month twice')
  if (/h/.test(pattern) && !seen.has('half') && seen.has('hour') && !/H/.test(pattern))
    return wrong('has hours of 12 without AM or PM')
  const regex = new RegExp(`^\\s*${source}\\s*$`)
  return { kind: 'ok', read: (text, parts) => readBy(regex, text, parts) }
}

function wrong(what: string): PatternOutcome {
  return { kind: 'wrong', what, mend: 'write it like MM/DD/YYYY HH:mm:ss, epoch_s or epoch_ms' }
}

function readBy(regex: RegExp, text: string, parts: TimestampParts): boolean {
  const found = regex.exec(text)?.groups
  if (found === undefined) return false
  const year = Number(found['year'])
  const month = found['name'] === undefined ? Number(found['month']) : monthNamed(found['name'])
  const day = dayNumber(found['year']?.length === 2 ? yearOf2(year) : year, month, Number(found['day']))
  const hour = Number(found['hour'] ?? 0)
  const half = found['half']
  const fraction = found['fraction']
  parts.localMs = instantOf(
    day,
    half === undefined ? hour : hourOf12(hour, half.toLowerCase() === 'p'),
    Number(found['minute'] ?? 0),
    Number(found['second'] ?? 0),
    fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3)),
  )
  parts.offsetMs = found['zone'] === undefined ? Number.NaN : offsetOf(found['zone'])
  return !Number.isNaN(parts.localMs)
}

function monthNamed(name: string): number {
  return MONTHS.indexOf(name.toLowerCase() as (typeof MONTHS)[number]) + 1
}

function offsetOf(zone: string): number {
  if (zone.toLowerCase() === 'z') return 0
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0')
  return (zone.startsWith('-') ? -1 : 1) * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000
}

/** Beyond the year 9999 a number of seconds is surely a number of something else. */
const MAX_EPOCH_MS = 253_402_300_800_000

function epochReader(unitMs: number) {
  return (text: string, parts: TimestampParts): boolean => {
    if (!/^\s*-?\d+(\.\d+)?\s*$/.test(text)) return false
    parts.localMs = Math.round(Number(text) * unitMs)
    parts.offsetMs = 0
    return Math.abs(parts.localMs) < MAX_EPOCH_MS
  }
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
}
