import { dayNumber, hourOf12, instantOf, MONTHS, yearOf2 } from './calendar.ts'
import { FIELDS, type Field, type Step, scanSteps } from './pattern-scan.ts'
import type { TimestampParts } from './written-timestamp.ts'

/** What a token of a pattern matches, and under which name; most are digits and nothing else. */
interface Token {
  readonly source: string
  /** null: it takes a regular expression. */
  readonly steps: readonly Step[] | null
}

const TOKENS: Readonly<Record<string, Token>> = {
  YYYY: digits('year', 4, 4),
  YY: digits('year', 2, 2),
  MMM: other('(?<name>[A-Za-z]{3})[a-z]*'),
  MM: digits('month', 1, 2),
  M: digits('month', 1, 2),
  DD: digits('day', 1, 2),
  D: digits('day', 1, 2),
  HH: digits('hour', 1, 2),
  H: digits('hour', 1, 2),
  hh: digits('hour', 1, 2),
  h: digits('hour', 1, 2),
  mm: digits('minute', 1, 2),
  m: digits('minute', 1, 2),
  ss: digits('second', 1, 2),
  s: digits('second', 1, 2),
  SSS: other('(?<fraction>\\d{1,9})'),
  A: other('(?<half>[AaPp])\\.?[Mm]\\.?'),
  a: other('(?<half>[AaPp])\\.?[Mm]\\.?'),
  Z: other('(?<zone>[Zz]|[+-]\\d{2}(?::?\\d{2})?)'),
}

function digits(field: Field, least: number, most: number): Token {
  return { source: `(?<${field}>\\d{${least},${most}})`, steps: [{ kind: 'digits', field: FIELDS.indexOf(field), least, most }] }
}

function other(source: string): Token {
  return { source, steps: null }
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
  let steps: readonly Step[] | null = []
  const seen = new Set<string>()
  for (const [piece, literal] of pattern.trim().matchAll(PIECE)) {
    const token = literal === undefined ? TOKENS[piece] : undefined
    const group = token === undefined ? null : /<(\w+)>/.exec(token.source)?.[1]
    if (group != null && seen.has(group)) return wrong(`names the ${group} twice`)
    if (group != null) seen.add(group)
    const next = token ?? verbatim(piece, literal)
    source += next.source
    steps = steps === null || next.steps === null ? null : [...steps, ...next.steps]
  }
  if (!seen.has('year') || !seen.has('day') || !(seen.has('month') || seen.has('name'))) {
    return wrong('does not name year, month and day')
  }
  if (seen.has('month') && seen.has('name')) return wrong('names the month twice')
  if (/h/.test(pattern) && !seen.has('half') && seen.has('hour') && !/H/.test(pattern))
    return wrong('has hours of 12 without AM or PM')
  const regex = new RegExp(`^\\s*${source}\\s*$`)
  const known = steps
  if (known === null) return { kind: 'ok', read: (text, parts) => readBy(regex, text, parts) }
  return { kind: 'ok', read: (text, parts) => scanSteps(known, text, parts) ?? readBy(regex, text, parts) }
}

function verbatim(piece: string, literal: string | undefined): Token {
  if (literal === undefined && /^\s$/.test(piece)) return { source: '\\s+', steps: [{ kind: 'blanks' }] }
  const text = literal ?? piece
  return { source: escaped(text), steps: text.split('').map((unit) => ({ kind: 'character', code: unit.charCodeAt(0) })) }
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
