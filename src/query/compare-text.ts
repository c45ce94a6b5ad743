import type { Comparison } from './comparison.ts'
import type { Instants } from './instants.ts'
import { CAVEAT } from './stats-text.ts'
import { type Column, tableOf } from './table.ts'
import type { Terminal } from './terminal.ts'
import type { Ranked } from './urgency.ts'
import { counted, lengthInWords, STATUS_STYLES, signed } from './wording.ts'
import { wrapped } from './wrap.ts'

/** Pumps side by side, why in this order, and what they had in common, for people. */
export function compareText(
  ranked: readonly Ranked[],
  comparison: Comparison,
  terminal: Terminal,
  instants: Instants,
  limit: number,
): string {
  const period = `${instants.minute(Date.parse(comparison.from))} to ${instants.minute(Date.parse(comparison.to))} (${instants.zone})`
  const head = terminal.paint('bold', `${counted(ranked.length, 'pump')} by urgency, ${period}`)
  if (ranked.length === 0) return `${head}\n`
  const shown = ranked.slice(0, limit)
  const why = shown.map(({ rank, because, ...pump }) => {
    const start = `${String(rank).padStart(2)}  `
    return `${wrapped(`${start}${labelOf(pump)}: ${because}`, terminal.columns, start.length)}\n`
  })
  return [
    `${head}\n\n`,
    tableOf(shown, columnsOf(Date.parse(comparison.to)), terminal),
    ranked.length > limit ? `… and ${ranked.length - limit} more (--limit)\n` : '',
    `\n${terminal.paint('bold', 'Why in this order')}\n${why.join('')}`,
    sharedText(comparison, terminal, instants, limit),
    `\n${terminal.paint('dim', wrapped(CAVEAT, terminal.columns, 0))}\n`,
  ].join('')
}

export function labelOf({ pump, name }: { readonly pump: string; readonly name: string | null }): string {
  return name === null ? pump : `${pump} ${name}`
}

function columnsOf(endMs: number): readonly Column<Ranked>[] {
  return [
    { title: '#', cell: ({ rank }) => String(rank), align: 'right' },
    { title: 'pump', cell: labelOf, least: 8 },
    {
      title: 'now',
      cell: ({ active, last_status, last_report }) =>
        active ? last_status : `silent ${lengthInWords(Math.max(0, endMs - Date.parse(last_report)))}`,
      style: ({ active, last_status }) => (active ? STATUS_STYLES[last_status] : 'dim'),
    },
    {
      title: 'worst',
      cell: ({ worst_status }) => worst_status,
      style: ({ worst_status }) => STATUS_STYLES[worst_status],
      rank: 3,
    },
    { title: 'episodes/30 d', cell: ({ episodes_per_30_days: rate }) => rate.toFixed(1), align: 'right', rank: 2 },
    {
      title: 'worst deviation',
      cell: ({ worst_deviation: worst }) => (worst === null ? '–' : `${worst.parameter} ${signed(worst.deviation, 1)} %`),
      rank: 1,
    },
    { title: 'RUL', cell: ({ rul_days: days }) => (days === null ? '–' : `${days.toFixed(1)} d`), align: 'right', rank: 1 },
  ]
}

function sharedText({ shared }: Comparison, terminal: Terminal, instants: Instants, limit: number): string {
  const title = terminal.paint('bold', 'Pumps of one site that began together: look for a cause of the site first')
  const { events, expected_by_chance: chance } = shared
  const count = `${counted(events.length, 'event')}; chance alone would make about ${chance.toFixed(chance < 10 ? 1 : 0)}\n`
  if (events.length === 0) return `\n${title}\n${count}`
  const table = tableOf(
    events.slice(0, limit),
    [
      { title: `time (${instants.zone})`, cell: ({ startMs }) => instants.minute(startMs) },
      { title: 'site', cell: ({ siteId }) => String(siteId), align: 'right' },
      { title: 'pumps', cell: ({ pumps }) => `${pumps.length}: ${pumps.join(', ')}`, least: 12 },
      { title: 'reported', cell: ({ parameters }) => parameters.join(', '), rank: 1, least: 8 },
    ],
    terminal,
  )
  return `\n${title}\n${count}${table}`
}
