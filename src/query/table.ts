import type { Style, Terminal } from './terminal.ts'
import { cutTo, printable, widthOf } from './text-width.ts'

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => string
  readonly align?: 'right'
  /** Where the line is too narrow, columns of the highest number go first; 0 stays. */
  readonly rank?: number
  /** At least so wide, whatever is in it. */
  readonly wide?: number
  /** May be cut down to so many characters. */
  readonly least?: number
  readonly style?: (row: T) => Style | null
}

const GAP = 2

/** Aligned rows under their titles, none wider than the terminal. */
export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[], terminal: Terminal): string {
  const texts = columns.map((column) => rows.map((row) => printable(column.cell(row))))
  const natural = columns.map(({ title, wide = 0 }, i) => Math.max(title.length, wide, ...(texts[i] ?? []).map(widthOf)))
  const shown = columnsThatFit(columns, natural, terminal.columns)
  const widths = widthsThatFit(columns, natural, shown, terminal.columns)
  const line = (cells: (column: number) => string, style: (column: number) => Style | null) =>
    shown
      .map((i, place) => {
        const width = widths.get(i) ?? 0
        const text = cutTo(cells(i), width)
        const space = ' '.repeat(Math.max(0, width - widthOf(text)))
        const styled = painted(terminal, style(i), text)
        if (columns[i]?.align === 'right') return space + styled
        return place === shown.length - 1 ? styled : styled + space
      })
      .join(' '.repeat(GAP))
  const head = line(
    (i) => columns[i]?.title ?? '',
    () => 'bold',
  )
  const body = rows.map((row, r) =>
    line(
      (i) => texts[i]?.[r] ?? '',
      (i) => columns[i]?.style?.(row) ?? null,
    ),
  )
  return [head, ...body].map((text) => `${text.trimEnd()}\n`).join('')
}

function painted(terminal: Terminal, style: Style | null, text: string): string {
  return style === null || text === '' ? text : terminal.paint(style, text)
}

function columnsThatFit(columns: readonly Column<never>[], natural: readonly number[], most: number): readonly number[] {
  let shown = columns.map((_, i) => i)
  const needed = () =>
    shown.reduce((sum, i) => sum + Math.min(natural[i] ?? 0, columns[i]?.least ?? Number.POSITIVE_INFINITY) + GAP, -GAP)
  while (needed() > most) {
    const rank = Math.max(...shown.map((i) => columns[i]?.rank ?? 0))
    if (rank === 0) break
    shown = shown.filter((i) => (columns[i]?.rank ?? 0) !== rank)
  }
  return shown
}

function widthsThatFit(
  columns: readonly Column<never>[],
  natural: readonly number[],
  shown: readonly number[],
  most: number,
): ReadonlyMap<number, number> {
  const widths = new Map(shown.map((i) => [i, natural[i] ?? 0]))
  let over = [...widths.values()].reduce((sum, width) => sum + width + GAP, -GAP) - most
  // What would go first is cut first.
  for (const i of shown.toSorted((a, b) => (columns[b]?.rank ?? 0) - (columns[a]?.rank ?? 0))) {
    const width = widths.get(i) ?? 0
    const cut = Math.max(0, Math.min(over, width - (columns[i]?.least ?? width)))
    widths.set(i, width - cut)
    over -= cut
  }
  return widths
}
