import { PARAMETERS, type Parameter } from '../pump/quantities.ts'
import type { Severity } from '../pump/status.ts'
import { sparkline } from './bars.ts'
import { labelOf } from './compare-text.ts'
import type { Instants } from './instants.ts'
import { CAVEAT } from './stats-text.ts'
import type { Terminal } from './terminal.ts'
import { cutTo, printable, widthOf } from './text-width.ts'
import { type Grid, type PumpLine, runsOf, type Slot } from './timeline-grid.ts'
import { lengthInWords, STATUS_STYLES, signed } from './wording.ts'
import { wrapped } from './wrap.ts'

/** Heights tell statuses apart where colours do not. */
const GLYPHS: Readonly<Record<Severity, string>> = { Normal: '_', Warning: '▂', Critical: '▅', Failure: '█' }
const NOTHING = '·'
const LABEL = 22
/** A pipe is given as many; more than so many nobody can read. */
const USUAL_COLUMNS = 100
const MOST_COLUMNS = 160

/** How the columns of a terminal are divided into labels and slots. */
function layoutOf({ columns }: Terminal): { label: number; slots: number } {
  const all = Number.isFinite(columns) ? Math.min(columns, MOST_COLUMNS) : USUAL_COLUMNS
  const label = Math.min(LABEL, Math.max(12, Math.floor(all / 2)))
  return { label, slots: Math.max(10, all - label - 1) }
}

/** Columns that are left for slots beside the labels. */
export function slotsOf(terminal: Terminal): number {
  return layoutOf(terminal).slots
}

/** A row of statuses for each pump, with rows of deviations under it. */
export function timelineText(
  lines: readonly PumpLine[],
  grid: Grid,
  terminal: Terminal,
  instants: Instants,
  limit: number,
): string {
  const { startMs, endMs, slots } = grid
  const { label: width } = layoutOf(terminal)
  const label = (text: string) => {
    const cut = cutTo(printable(text), width)
    return `${cut}${' '.repeat(width - widthOf(cut))} `
  }
  const head = `${instants.minute(startMs)} to ${instants.minute(endMs)} (${instants.zone}), ${lengthInWords((endMs - startMs) / slots)} a character`
  if (lines.length === 0) return `${head}\nno anomaly fits\n`
  const shown = lines.slice(0, limit)
  const rows = shown.flatMap((line) => [
    terminal.paint('bold', label(labelOf(line))) + statusRow(line, grid, terminal),
    ...PARAMETERS.flatMap((parameter) => deviationRow(line, parameter, slots, label, terminal)),
  ])
  const legend = Object.entries(GLYPHS).map(
    ([name, glyph]) => `${terminal.paint(STATUS_STYLES[name as Severity], glyph)} ${name}`,
  )
  return [
    terminal.paint('bold', head),
    `${label('')}${axisOf(grid, instants)}`,
    ...rows,
    ...(lines.length > limit ? [`… and ${lines.length - limit} more pumps (--limit)`] : []),
    '',
    `${legend.join('  ')}  ${NOTHING} nothing reported`,
    terminal.paint('dim', wrapped(CAVEAT, terminal.columns, 0)),
    '',
  ].join('\n')
}

function statusRow(line: PumpLine, grid: Grid, terminal: Terminal): string {
  const row = new Array<string>(grid.slots).fill(terminal.paint('dim', NOTHING))
  for (const { status, first, last } of runsOf(line, grid)) {
    row.fill(terminal.paint(STATUS_STYLES[status], GLYPHS[status]), first, last + 1)
  }
  return row.join('')
}

/** How far from the baseline, as high as its share of the farthest; nothing for a parameter that was not reported. */
function deviationRow(
  { slots }: PumpLine,
  parameter: Parameter,
  count: number,
  label: (text: string) => string,
  terminal: Terminal,
): string[] {
  const values = new Map(
    slots.flatMap((slot: Slot) =>
      slot.deviations[parameter] === undefined ? [] : [[slot.index, slot.deviations[parameter]] as const],
    ),
  )
  if (values.size === 0) return []
  const worst = [...values.values()].reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a))
  const row = sparkline(Array.from({ length: count }, (_, i) => Math.abs(values.get(i) ?? 0)))
  return [`${label(`  ${parameter} ${signed(worst, 1)} %`)}${terminal.paint('cyan', row.trimEnd())}`]
}

/** Days under which the slots lie, as many as there is room for. */
function axisOf({ startMs, endMs, slots }: Grid, instants: Instants): string {
  const [first, last] = [instants.day(startMs), instants.day(endMs)]
  if (slots < first.length + last.length + 2) return `|${first}`
  const middle = instants.day((startMs + endMs) / 2)
  const room = slots - first.length - last.length - 2
  const between = room > middle.length + 4 ? middle : ''
  const left = Math.floor((room - between.length) / 2)
  return `|${first}${' '.repeat(left)}${between}${' '.repeat(room - between.length - left)}${last}|`
}
