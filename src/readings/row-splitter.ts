import Papa from 'papaparse'

/** Receives complete rows; `line` is where a row starts, counted from 1. */
export interface RowSink {
  row(cells: readonly string[], line: number): void
  /** A line that cannot be split into cells. */
  broken(text: string, line: number, what: string): void
}

export interface RowSplitter {
  /** Takes the next piece of text; calls the sink for each row that it completes. */
  push(text: string): void
  /** The input ended. Returns what stands after the last line end without having been taken: '' when nothing does. */
  end(): string
  /** Takes what `end` returned as the last row. */
  takeLast(text: string): void
}

export interface RowShape {
  readonly delimiter: string
  readonly newline: '\n' | '\r'
  /** Cells of the header as they stand there, empty ones included. */
  readonly width: number
}

interface Parsed {
  readonly errors: readonly unknown[]
  readonly data: string[][]
  readonly meta: { readonly cursor: number }
}

const UNCLOSED = 'has a quote that is not closed'
/** A row that is longer than this has lost its line end or its closing quote. */
const LONGEST_ROW = 262_144
/** Looking for the end of each stray quote costs a look at all that follows; a file with so many does not quote. */
const MOST_STRAY_QUOTES = 100

/**
 * Splits text into rows, piece by piece, where there are quotes with papaparse's parser: what follows the last line end
 * waits for the next piece. A quote that opens a cell and never closes would swallow the rest of the file, so a row that spans lines
 * without having the cells of the header is given up at its first line end, and reading goes on in the next line.
 */
export function createRowSplitter({ delimiter, newline, width }: RowShape, sink: RowSink): RowSplitter {
  const config = { delimiter, newline } as const
  let rest = ''
  let line = 1
  let strayQuotes = 0
  let skipping = false

  function split(text: string): string {
    if (strayQuotes < MOST_STRAY_QUOTES && text.includes('"')) return splitQuoted(text)
    return eachPlainRow(text, config, (cells) => sink.row(cells, line++))
  }

  function splitQuoted(whole: string): string {
    let text = whole
    for (;;) {
      let taken = 0
      let stray = false
      const parser = new Papa.Parser({
        ...config,
        step: (result) => {
          const { data, meta } = result as unknown as Parsed
          const cells = data[0] ?? []
          const lines = linesOf(cells, newline)
          if (lines > 1 && cells.length !== width) {
            stray = true
            parser.abort()
            return
          }
          sink.row(cells, line)
          line += lines
          taken = meta.cursor
        },
      })
      parser.parse(text, 0, true)
      text = text.slice(taken)
      if (!stray && !(text.length > LONGEST_ROW && text.includes(newline))) return text
      text = giveUpLine(text)
      if (strayQuotes === MOST_STRAY_QUOTES) return split(text)
    }
  }

  /** Reports the first line of `text` and returns what follows it. */
  function giveUpLine(text: string): string {
    const end = text.indexOf(newline)
    strayQuotes++
    sink.broken(text.slice(0, end), line++, UNCLOSED)
    return text.slice(end + newline.length)
  }

  const parsed = (text: string): Parsed => new Papa.Parser(config).parse(text, 0, false)
  const isOneRow = ({ data, errors }: Parsed) => errors.length === 0 && data.length === 1 && data[0]?.length === width

  return {
    push: (piece) => {
      let text = rest + piece
      if (skipping) {
        const end = text.indexOf(newline)
        if (end === -1) return
        skipping = false
        line++
        text = text.slice(end + newline.length)
      }
      rest = split(text)
      if (rest.length > LONGEST_ROW) {
        sink.broken(rest.slice(0, 100), line, 'is longer than a row can be')
        rest = ''
        skipping = true
      }
    },
    end: () => {
      while (rest.includes(newline) && !isOneRow(parsed(rest))) rest = split(giveUpLine(rest))
      return rest
    },
    takeLast: (text) => {
      const { data, errors } = parsed(text)
      rest = ''
      if (errors.length > 0) sink.broken(text, line++, UNCLOSED)
      else for (const cells of data) sink.row(cells, line++)
    },
  }
}

/** Rows in which quotes, if there are any, are ordinary characters. Returns what follows the last line end. */
function eachPlainRow(
  text: string,
  { delimiter, newline }: Pick<RowShape, 'delimiter' | 'newline'>,
  take: (cells: readonly string[]) => void,
): string {
  let start = 0
  let cut = text.indexOf(delimiter)
  for (let end = text.indexOf(newline); end !== -1; end = text.indexOf(newline, start)) {
    const cells: string[] = []
    // The next delimiter may lie many lines ahead: it is looked for once.
    for (; cut !== -1 && cut < end; cut = text.indexOf(delimiter, start)) {
      cells.push(text.slice(start, cut))
      start = cut + delimiter.length
    }
    cells.push(text.slice(start, end))
    start = end + newline.length
    take(cells)
  }
  return text.slice(start)
}

/** Lines that a row takes: quoted cells may hold line breaks. */
export function linesOf(cells: readonly string[], newline: '\n' | '\r'): number {
  let lines = 1
  for (const cell of cells) {
    for (let at = cell.indexOf(newline); at !== -1; at = cell.indexOf(newline, at + 1)) lines++
  }
  return lines
}
