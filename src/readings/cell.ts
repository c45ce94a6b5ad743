/** What a cell that should hold a number holds. */
export interface CellProblem {
  readonly kind: 'empty' | 'text'
  readonly what: string
}

const NO_VALUE =
  /^(|[-\u2013\u2014.?*]+|n\/?a|nan|null|none|nil|bad|#n\/?a|#null!|#value!|#div\/0!|#num!|#ref!|i\/o ?timeout|no ?data|missing|invalid|error|err|offline|-nan(\(ind\))?|1\.#(qnan|ind|inf)|-1\.#(ind|inf))$/i

/**
 * The number in a cell, or NaN when there is none; never infinite. Surrounding blanks are allowed, grouping of
 * thousands only where it cannot be taken for anything else (`1,234.5`, `1 234,5`).
 */
export function numberIn(text: string, decimal: '.' | ','): number {
  const usual = usualNumber(text, decimal === '.' ? POINT : COMMA)
  return Number.isNaN(usual) ? otherNumber(text, decimal) : usual
}

function otherNumber(text: string, decimal: '.' | ','): number {
  // Number() also takes '', hexadecimal and Infinity.
  if (decimal === '.' && text.length > 0) {
    const value = Number(text)
    if (value - value === 0 && isPlain(text)) return value
  }
  return numberInUnusual(text.trim(), decimal)
}

/** Why a cell holds no number. */
export function cellProblem(text: string, decimal: '.' | ','): CellProblem {
  const cell = text.trim()
  if (cell === '') return { kind: 'empty', what: 'is empty' }
  if (NO_VALUE.test(cell)) return { kind: 'empty', what: 'is no value' }
  if (/^[+-]?\d+(e[+-]?\d+)$/i.test(cell)) return { kind: 'text', what: 'is too large a number' }
  const other = decimal === '.' ? ',' : '.'
  if (/^[+-]?\d+[.,]\d+$/.test(cell) && cell.includes(other)) {
    return { kind: 'text', what: `is no number with the decimal sign "${decimal}"` }
  }
  return { kind: 'text', what: 'is no number' }
}

const [ZERO, NINE, POINT, COMMA, MINUS] = [48, 57, 46, 44, 45]
/** So many digits are a whole number without rounding. */
const MOST_DIGITS = 15
const POWERS_OF_TEN = Array.from({ length: MOST_DIGITS + 1 }, (_, digits) => 10 ** digits)

/**
 * What nearly every cell holds: a few digits, perhaps a sign and a decimal sign; NaN for anything else. Digits and power
 * of ten are exact, so their quotient is rounded once, to what `Number` gives; it takes a third of the time.
 */
function usualNumber(text: string, decimal: number): number {
  let digits = 0
  let fraction = 0
  let whole = 0
  let isFraction = false
  for (let at = text.charCodeAt(0) === MINUS ? 1 : 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code >= ZERO && code <= NINE) {
      whole = whole * 10 + (code - ZERO)
      digits++
      if (isFraction) fraction++
    } else if (code === decimal && !isFraction) isFraction = true
    else return Number.NaN
  }
  if (digits === 0 || digits > MOST_DIGITS) return Number.NaN
  const value = whole / (POWERS_OF_TEN[fraction] as number)
  return text.charCodeAt(0) === MINUS ? -value : value
}

const BLANK = 32

/** Not blank and no `0x…`, `0b…`, `0o…`. */
function isPlain(text: string): boolean {
  let first = 0
  while (first < text.length && text.charCodeAt(first) <= BLANK) first++
  if (first === text.length) return false
  const second = text.charCodeAt(first + 1) | 32
  return second !== 120 && second !== 98 && second !== 111
}

const GROUPED_POINT = /^[+-]?\d{1,3}(,\d{3})+\.\d+$/
const GROUPED_COMMA = /^[+-]?\d{1,3}(\.\d{3})+,\d+$/
const GROUPED_BLANK = /^[+-]?\d{1,3}([\u0020\u00a0\u2009\u202f'\u2019]\d{3})+([.,]\d+)?$/
const WITH_POINT = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const WITH_COMMA = /^[+-]?(\d+,?\d*|,\d+)(e[+-]?\d+)?$/i

function numberInUnusual(cell: string, decimal: '.' | ','): number {
  let text = cell.replace(/^\u2212/, '-')
  if (decimal === '.' && GROUPED_POINT.test(text)) text = text.replaceAll(',', '')
  else if (decimal === ',' && GROUPED_COMMA.test(text)) text = text.replaceAll('.', '')
  else if (GROUPED_BLANK.test(text)) text = text.replaceAll(/[\u0020\u00a0\u2009\u202f'\u2019]/g, '')
  if (decimal === ',' && WITH_COMMA.test(text)) text = text.replace(',', '.')
  else if (decimal === ',' || !WITH_POINT.test(text)) return Number.NaN
  const value = Number(text)
  return Number.isFinite(value) ? value : Number.NaN
}
