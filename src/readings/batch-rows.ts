import { InputFailure } from '../failure.ts'
import type { Columns } from './columns.ts'
import { mapHeader, trimmed } from './header.ts'
import type { Layout } from './layout.ts'
import type { Ordering } from './ordering.ts'
import { createRowReader, type RowProblem } from './row-reader.ts'
import type { RowSink } from './row-splitter.ts'
import { note, type RowTally, shownCell } from './tally.ts'
import { createTimestampReader } from './timestamp.ts'
import { timestampProblem } from './timestamp-problem.ts'
import type { DayMonthOrder } from './written-timestamp.ts'

/** Where the rows of one file come from and go to. */
export interface RowsSetup {
  readonly file: string
  readonly columns: Columns
  readonly layout: Layout
  readonly order: DayMonthOrder
  readonly ordering: Ordering
  readonly tally: RowTally
}

export interface BatchRows extends RowSink {
  /** The file ended. Throws `InputFailure` when it held no row that could be read. */
  end(unfinished: boolean): void
}

const COMMENT = '#'.charCodeAt(0)

/**
 * What is done with each row of a file, cheapest question first: is it this pump's, when is it from, is that time
 * wanted, are its cells good. Every data row is counted once.
 */
export function createBatchRows(setup: RowsSetup): BatchRows {
  const { file, columns, layout, order, ordering, tally } = setup
  const timestamps = createTimestampReader(columns.timestamp_format, columns.time_zone, order, columns.zone_offsets)
  const count = createCount(file, tally)
  const others = createOtherPumps(setup)
  const pumpIn = createTrimmed()
  ordering.startFile()
  let { mapping } = layout
  let reader = createRowReader(mapping, ordering.packing, columns.decimal, tally)
  // One object for all rows; it is copied where it is kept.
  const place = { file, line: 0, column: columns.timestamp_column, value: '' }

  /** A row without a timestamp or a pump: blank, a header met again, or bad. */
  function unstamped(cells: readonly string[], line: number): void {
    if (cells.every((cell) => cell.trim() === '')) return
    const again = mapHeader(cells, columns)
    if (again.kind === 'ok') {
      mapping = again.mapping
      reader = createRowReader(mapping, ordering.packing, columns.decimal, tally)
      tally.repeatedHeaders++
      return
    }
    count.bad(unstampedProblem(cells), line)
  }

  function unstampedProblem(cells: readonly string[]): RowProblem {
    const stamp = cells[mapping.timestamp]
    if (stamp !== undefined && Number.isNaN(timestamps.read(stamp))) {
      return { column: columns.timestamp_column, value: stamp, what: timestampProblem(stamp, columns, order) }
    }
    return reader.shape(cells) ?? { column: columns.pump?.column ?? null, value: '', what: 'names no pump' }
  }

  function row(cells: readonly string[], line: number): void {
    if (line <= layout.headerLine) return
    const first = cells[0] ?? ''
    if (first.charCodeAt(0) === COMMENT || (cells.length === 1 && first.trim() === '')) return
    if (mapping.pump !== null) {
      const pump = pumpIn(cells[mapping.pump] ?? '')
      if (others.isOther(pump)) {
        if (pump === '' || pump === mapping.header[mapping.pump]) unstamped(cells, line)
        else others.count(pump, count)
        return
      }
    }
    const stamp = cells[mapping.timestamp] ?? ''
    const timeMs = timestamps.read(stamp)
    if (Number.isNaN(timeMs)) {
      unstamped(cells, line)
      return
    }
    place.line = line
    place.value = stamp
    if (ordering.admit(timeMs, place) === 'skipped') {
      count.other()
      return
    }
    const problem = reader.shape(cells) ?? reader.read(cells, line, timeMs)
    if (problem !== null) {
      count.bad(problem, line)
      return
    }
    count.other()
    ordering.add(reader.row, place)
  }

  return {
    row,
    broken: (text, line, what) => {
      if (line > layout.headerLine) count.bad({ column: null, value: text, what }, line)
    },
    end: (unfinished) => {
      if (unfinished) tally.unfinished++
      others.end()
      count.end(unfinished)
    },
  }
}

/** `trimmed` of cells that are mostly one and the same. */
function createTrimmed(): (cell: string) => string {
  let last = ''
  let text = ''
  return (cell) => {
    if (cell !== last) {
      last = cell
      text = trimmed(cell)
    }
    return text
  }
}

/** Counts the rows of one file, and refuses a file of which none could be read. */
function createCount(file: string, tally: RowTally) {
  let rows = 0
  let bad = 0
  let firstBad: (RowProblem & { readonly line: number }) | null = null
  return {
    other: () => {
      rows++
      tally.rows++
    },
    bad: (problem: RowProblem, line: number) => {
      rows++
      bad++
      tally.rows++
      firstBad ??= { ...problem, value: shownCell(problem.value), line }
      note(tally, { kind: 'bad', file, line, ...problem })
    },
    end: (unfinished: boolean) => {
      if (rows === 0 && !unfinished) {
        throw new InputFailure({ where: file, what: 'has a header and no rows', mend: 'check what writes it' })
      }
      if (firstBad === null || bad < rows) return
      const { line, column, value, what } = firstBad
      throw new InputFailure({
        where: `${file} line ${line}${column === null ? '' : `, column "${column}"`}`,
        what: `"${value}" ${what}${rows === 1 ? '' : `, and none of the ${rows} rows can be read`}`,
        mend: 'correct the file, or columns.json if it describes another format',
      })
    },
  }
}

const NAMED_PUMPS = 5

/** Rows of other pumps in the same file; a file that holds nothing else is worth a warning. */
function createOtherPumps({ file, columns: { pump }, tally }: RowsSetup) {
  const names = new Set<string>()
  let own = false
  return {
    isOther: (name: string) => {
      const other = pump !== null && name !== pump.value
      if (!other) own = true
      return other
    },
    count: (name: string, count: { other(): void }) => {
      count.other()
      tally.otherPump++
      if (names.size < NAMED_PUMPS) names.add(shownCell(name))
    },
    end: () => {
      if (pump === null || own || names.size === 0) return
      tally.warnings.push(`${file}: no row has "${pump.value}" in column "${pump.column}", only ${[...names].join(', ')}`)
    },
  }
}
