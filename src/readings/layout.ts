import Papa from 'papaparse'
import type { FailureText } from '../failure.ts'
import type { Columns } from './columns.ts'
import { type Mapping, type MappingOutcome, mapHeader, trimmed } from './header.ts'
import { linesOf } from './row-splitter.ts'
import { shownCell } from './tally.ts'

/** How a file is written, found from its beginning and the columns that it must have. */
export interface Layout {
  readonly delimiter: string
  readonly newline: '\n' | '\r'
  /** Line where the header starts, counted from 1. */
  readonly headerLine: number
  /** Cells of the header as they stand there, empty ones included. */
  readonly width: number
  readonly mapping: Mapping
  /** First rows after the header that the beginning holds complete. */
  readonly sample: readonly (readonly string[])[]
}

export type LayoutOutcome =
  | { readonly kind: 'ok'; readonly layout: Layout }
  | { readonly kind: 'wrong'; readonly failure: FailureText }

const DELIMITERS = [',', ';', '\t', '|']
/** A header stands within the first rows; loggers put names, dates and units before it. */
const PREAMBLE_ROWS = 30
const SAMPLE_ROWS = 1000

interface Candidate {
  readonly delimiter: string
  readonly row: number
  readonly cells: readonly string[]
  readonly outcome: MappingOutcome
}

/**
 * Finds delimiter and header together: the right delimiter is the one under which a row holds every mapped column.
 * `\n` ends rows of CRLF files as well; the `\r` is a blank at the end of the last cell.
 */
export function findLayout(file: string, beginning: string, columns: Columns): LayoutOutcome {
  const newline = beginning.includes('\n') || !beginning.includes('\r') ? '\n' : '\r'
  const text = beginning.replace(/^\uFEFF/, '')
  const declared = /^"?sep=([^"])"?\r?\n/i.exec(text)?.[1]
  const configured = columns.delimiter === null ? null : [columns.delimiter]
  const tried = configured ?? [...(declared === undefined ? [] : [declared]), ...DELIMITERS]
  let best: Candidate | null = null
  for (const delimiter of tried) {
    const candidate = bestRow(rowsOf(text, delimiter, newline, PREAMBLE_ROWS), delimiter, columns)
    if (candidate?.outcome.kind === 'ok') {
      const { mapping } = candidate.outcome
      const rows = rowsOf(text, delimiter, newline, candidate.row + 1 + SAMPLE_ROWS)
      const headerLine = 1 + rows.slice(0, candidate.row).reduce((lines, row) => lines + linesOf(row, newline), 0)
      const sample = rows.slice(candidate.row + 1)
      return { kind: 'ok', layout: { delimiter, newline, headerLine, width: candidate.cells.length, mapping, sample } }
    }
    if (candidate !== null && (best === null || found(candidate) > found(best))) best = candidate
  }
  return { kind: 'wrong', failure: whyNoHeader(file, text, newline, columns, best) }
}

/** The text split into rows; the last is left out unless it is the only one, since it may be torn. */
function rowsOf(text: string, delimiter: string, newline: '\n' | '\r', preview: number): string[][] {
  const parser = new Papa.Parser({ delimiter, newline, preview })
  const parsed: { data: string[][] } = parser.parse(text, 0, text.includes(newline))
  return parsed.data
}

/** The row that holds most of the mapped columns; of equal ones the first that is not blank. */
function bestRow(rows: readonly (readonly string[])[], delimiter: string, columns: Columns): Candidate | null {
  let best: Candidate | null = null
  for (const [row, cells] of rows.entries()) {
    if (cells.every((cell) => trimmed(cell) === '')) continue
    const candidate = { delimiter, row, cells, outcome: mapHeader(cells, columns) }
    if (best === null || found(candidate) > found(best)) best = candidate
    if (candidate.outcome.kind === 'ok') break
  }
  return best
}

function found({ outcome }: Candidate): number {
  return outcome.kind === 'ok' ? Number.POSITIVE_INFINITY : outcome.found
}

function whyNoHeader(file: string, text: string, newline: '\n' | '\r', columns: Columns, best: Candidate | null): FailureText {
  if (best === null) return { where: file, what: 'holds nothing but blank lines', mend: 'check what writes it' }
  const binary = binaryAt(text)
  if (found(best) === 0 && binary !== null) {
    return { where: file, what: `is not text (${binary})`, mend: 'give a CSV file' }
  }
  if (columns.delimiter !== null) {
    for (const delimiter of DELIMITERS) {
      const other = bestRow(rowsOf(text, delimiter, newline, PREAMBLE_ROWS), delimiter, columns)
      if (other?.outcome.kind !== 'ok') continue
      const what = `is separated by ${named(delimiter)}, not by the configured ${named(columns.delimiter)}`
      return { where: `${file} line ${other.row + 1}`, what, mend: 'correct "delimiter" in columns.json and package again' }
    }
  }
  const where = `${file} line ${best.row + 1}`
  if (best.outcome.kind === 'twice') {
    const { column, places } = best.outcome
    return { where, what: `column "${column}" stands ${places.length} times (${places.join(', ')})`, mend: 'rename all but one' }
  }
  const { column, nearest } = best.outcome.kind === 'missing' ? best.outcome : { column: columns.timestamp_column, nearest: null }
  const first = shownCell(best.cells.map(trimmed).join(best.delimiter))
  const what = found(best) === 0 ? `is no header ("${first}"): it has no column "${column}"` : `has no column "${column}"`
  const mend =
    nearest === null
      ? 'give a file with the columns of columns.json'
      : `the nearest is "${nearest}": correct the file or columns.json`
  return { where, what, mend }
}

const MAGIC: readonly (readonly [start: string, name: string])[] = [
  ['\u001f\ufffd', 'gzip; unpack it first'],
  ['\u001f\u008b', 'gzip; unpack it first'],
  ['\u001f‹', 'gzip; unpack it first'],
  ['PK\u0003\u0004', 'a ZIP or an Excel workbook; unpack it or export it as CSV'],
  ['\u007fELF', 'a program'],
  ['%PDF', 'a PDF'],
  ['SQLite format 3', 'an SQLite database'],
  ['PAR1', 'a Parquet file; export it as CSV'],
]

/** What shows that a text is none; null when nothing does. */
function binaryAt(text: string): string | null {
  const magic = MAGIC.find(([start]) => text.startsWith(start))
  if (magic !== undefined) return magic[1]
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  const control = /[\u0000-\u0008\u000e-\u001f]/.exec(text.slice(0, 4096))
  return control === null ? null : `control character 0x${control[0].charCodeAt(0).toString(16).padStart(2, '0')} near its start`
}

function named(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `"${delimiter}"`
}
