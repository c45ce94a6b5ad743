import type { Columns } from './columns.ts'
import { createTimestampReader } from './timestamp.ts'
import type { DayMonthOrder } from './written-timestamp.ts'

/** Why a cell holds no timestamp, and the mend where it shows. */
export function timestampProblem(text: string, columns: Columns, order: DayMonthOrder): string {
  const cell = text.trim()
  if (cell === '') return 'is empty'
  const { timestamp_format: format } = columns
  if (format !== null) return `is no timestamp of the form ${format}`
  const number = Number(cell)
  if (/^\d{9,10}(\.\d+)?$/.test(cell)) return 'looks like seconds since 1970: set the timestamp format epoch_s'
  if (/^\d{12,13}$/.test(cell)) return 'looks like milliseconds since 1970: set the timestamp format epoch_ms'
  if (/^\d{5}([.,]\d+)?$/.test(cell) && (number > 20_000 || Number.isNaN(number))) {
    return 'looks like a date number of a spreadsheet: export the column as text'
  }
  const otherOrder = order === 'month-first' ? 'day-first' : 'month-first'
  if (!Number.isNaN(createTimestampReader(null, 'UTC', otherOrder).read(cell))) {
    return `has the ${otherOrder === 'day-first' ? 'day' : 'month'} first, the rest of the file has not`
  }
  return 'is no timestamp'
}
