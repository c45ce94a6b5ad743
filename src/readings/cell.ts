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
  // The common case first: digits, one point, perhaps an exponent. Number() also takes '', hexadecimal and Infinity.
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
