import { dayNumber, instantOf, yearOf2 } from './calendar.ts'
import type { TimestampParts } from './written-timestamp.ts'

/** What a number of a timestamp is; the order is that in which it is kept. */
export const FIELDS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
export type Field = (typeof FIELDS)[number]

/** A piece of a pattern that takes all it can and never gives any of it back; `field` is a place in `FIELDS`. */
export type Step =
  | { readonly kind: 'digits'; readonly field: number; readonly least: number; readonly most: number }
  | { readonly kind: 'blanks' }
  | { readonly kind: 'character'; readonly code: number }

const [ZERO, NINE, BLANK, TAB, CARRIAGE_RETURN] = [48, 57, 32, 9, 13]

/**
 * Reads a text step by step, which takes a tenth of the time of the pattern's regular expression, and finds the same
 * where it finds anything. null where the text is not as the steps say; the expression may still take it.
 */
export function scanSteps(steps: readonly Step[], text: string, parts: TimestampParts): boolean | null {
  const found = FOUND
  // A pattern names year, month and day, and perhaps no time.
  found[3] = found[4] = found[5] = 0
  let at = blanksEnd(text, 0)
  for (const step of steps) {
    const start = at
    switch (step.kind) {
      case 'digits': {
        let value = 0
        for (let digit = digitAt(text, at); digit >= 0 && at - start < step.most; digit = digitAt(text, at)) {
          value = value * 10 + digit
          at++
        }
        if (at - start < step.least) return null
        found[step.field] = step.field === 0 && step.most === 2 ? yearOf2(value) : value
        break
      }
      case 'blanks':
        at = blanksEnd(text, at)
        if (at === start) return null
        break
      case 'character':
        if (at === text.length || text.charCodeAt(at) !== step.code) return null
        at++
    }
  }
  if (blanksEnd(text, at) !== text.length) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
  parts.localMs = instantOf(dayNumber(year, month, day), hour, minute, second, 0)
  parts.offsetMs = Number.NaN
  return !Number.isNaN(parts.localMs)
}

/** One for all rows, since reading is synchronous. */
const FOUND = FIELDS.map(() => 0)

function blanksEnd(text: string, start: number): number {
  let at = start
  while (at < text.length && isBlank(text.charCodeAt(at))) at++
  return at
}

function isBlank(code: number): boolean {
  return code === BLANK || code === TAB || code === CARRIAGE_RETURN
}

/** −1 where there is none; past the end V8 would look for a code in a slow way. */
function digitAt(text: string, at: number): number {
  if (at >= text.length) return -1
  const code = text.charCodeAt(at)
  return code >= ZERO && code <= NINE ? code - ZERO : -1
}
