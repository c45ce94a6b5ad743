/** Why a row was not passed on, or what is remarkable about it. */
export type NoteKind = 'bad' | 'duplicate' | 'late' | 'future'

/** One row that was not passed on, named so that a person finds it. */
export interface RowNote {
  readonly kind: NoteKind
  readonly file: string
  /** Counted from 1 with the header. */
  readonly line: number
  /** null: the row as a whole. */
  readonly column: string | null
  /** As it stands in the file, shortened; control characters escaped. */
  readonly value: string
  readonly what: string
}

/** What became of the rows of one run. Every data row is counted in `rows` and in exactly one of the counts marked •. */
export interface RowTally {
  /** Data rows seen; the header, blank lines and comments are not. */
  rows: number
  /** • Passed on. */
  readings: number
  /** • Skipped for a bad cell, timestamp or shape. */
  bad: number
  /** • At or before the watermark: judged in an earlier run. */
  alreadyJudged: number
  /** • A second row of one instant; the first counts. */
  duplicates: number
  /** • Older than rows that had already been passed on, beyond the re-order buffer or in an earlier run. */
  late: number
  /** • Stamped more than a day after the device's clock. */
  future: number
  /** • Of another pump in the same file. */
  otherPump: number
  /** Last lines left for the next run because they are still being written. */
  unfinished: number
  /** Headers met again inside a file. */
  repeatedHeaders: number
  /** Cells of channels without a value, in rows that were passed on. */
  emptyCells: number
  /** Event time of the newest reading passed on; the watermark of before when there was none. */
  watermarkMs: number | null
  /** The first rows of each kind, at most 20. */
  notes: RowNote[]
  /** What the operator should know though nothing failed. */
  warnings: string[]
}

const NOTES_PER_KIND = 20

export function createTally(watermarkMs: number | null): RowTally {
  return {
    rows: 0,
    readings: 0,
    bad: 0,
    alreadyJudged: 0,
    duplicates: 0,
    late: 0,
    future: 0,
    otherPump: 0,
    unfinished: 0,
    repeatedHeaders: 0,
    emptyCells: 0,
    watermarkMs,
    notes: [],
    warnings: [],
  }
}

const COUNT_OF: Readonly<Record<NoteKind, 'bad' | 'duplicates' | 'late' | 'future'>> = {
  bad: 'bad',
  duplicate: 'duplicates',
  late: 'late',
  future: 'future',
}

/** Counts a row and names it while its kind has room. */
export function note(tally: RowTally, { value, ...rest }: RowNote): void {
  const count = COUNT_OF[rest.kind]
  tally[count]++
  if (tally[count] <= NOTES_PER_KIND) tally.notes.push({ ...rest, value: shownCell(value) })
}

/** A note as one line for a log. */
export function noteLine({ file, line, column, value, what }: RowNote): string {
  return `${file} line ${line}${column === null ? '' : `, column "${column}"`}: "${value}" ${what}`
}

const SHOWN = 40

/** A cell as it can stand in a message: short, on one line, without control characters. */
export function shownCell(text: string): string {
  // Joined anew, since a slice would keep the whole piece of the file alive that it was cut from.
  const start = Array.from(text.slice(0, SHOWN + 1))
  const short = start.length > SHOWN ? `${start.slice(0, SHOWN - 1).join('')}…` : start.join('')
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return short.replaceAll(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, (found) => {
    return `\\x${found.charCodeAt(0).toString(16).padStart(2, '0')}`
  })
}
