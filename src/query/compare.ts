import { resolve } from 'node:path'
import Papa from 'papaparse'
import { EXIT } from '../failure.ts'
import { writeDurably } from '../state/durable.ts'
import { formatOf, limitOf } from './choices.ts'
import { comparePage } from './compare-page.ts'
import { compareText, labelOf } from './compare-text.ts'
import { createComparison } from './comparison.ts'
import { createInstants } from './instants.ts'
import { textOf } from './options.ts'
import { readAll } from './read-all.ts'
import { minutesOf } from './settings.ts'
import type { SubCommand } from './sub-command.ts'
import { type Ranked, rankByUrgency } from './urgency.ts'

const USUAL_WINDOW_MINUTES = 10

const FORMATS = ['table', 'json', 'csv'] as const

export const compareCommand: SubCommand = {
  name: 'compare',
  does: 'set pumps side by side, ranked by urgency, with the reason in words',
  tells: `Sets the pumps that reported side by side: what stands now, the worst, episodes per 30 days, deviations and remaining
useful life; ranked by urgency, with the reason in words. Then what pumps of one site began together, which rather is the
site's trouble than a pump's, and how often chance alone would do so. "Now" is the end of the time asked about.`,
  own: ['debounce', 'window', 'limit', 'format', 'html'],
  formats: FORMATS,
  examples: ['--site 1 --from 30d', '--pump 1,2,3 --from 90d --html compare.html', '--from "last month" --format csv'],
  run: async (asked) => {
    const { io, selection, settings, terminal, values, nowMs } = asked
    const format = formatOf('compare', values, FORMATS)
    const limit = limitOf('compare', values, 10)
    const windowMs = (minutesOf('compare', values, 'window') ?? USUAL_WINDOW_MINUTES) * 60_000
    const html = textOf(values, 'html')
    const comparing = createComparison({ gapMs: 2 * settings.debounceMs, windowMs })
    await readAll(asked, comparing.add)
    const comparison = comparing.result(selection.fromMs, selection.toMs, nowMs)
    const ranked = rankByUrgency(comparison.pumps, Date.parse(comparison.to))
    const instants = createInstants(settings.timeZone)
    if (html !== undefined) writeDurably(resolve(io.cwd, html), comparePage(ranked, comparison, instants))
    if (format === 'json') io.stdout(jsonOf(ranked, comparison))
    else if (format === 'csv') io.stdout(csvOf(ranked))
    else io.stdout(compareText(ranked, comparison, terminal, instants, limit))
    return EXIT.ok
  },
}

function jsonOf(ranked: readonly Ranked[], { from, to, shared }: { from: string; to: string; shared: unknown }): string {
  return `${JSON.stringify({ from, to, pumps: ranked, shared }, null, 2)}\n`
}

function csvOf(ranked: readonly Ranked[]): string {
  const rows = ranked.map((pump) => ({
    rank: pump.rank,
    pump: labelOf(pump),
    level: pump.level,
    because: pump.because,
    last_status: pump.last_status,
    last_report: pump.last_report,
    worst_status: pump.worst_status,
    anomalies: pump.anomalies,
    episodes: pump.episodes,
    episodes_per_30_days: pump.episodes_per_30_days,
    worst_parameter: pump.worst_deviation?.parameter ?? null,
    worst_deviation: pump.worst_deviation?.deviation ?? null,
    rul_days: pump.rul_days,
  }))
  return `${Papa.unparse(rows, { newline: '\r\n', escapeFormulae: /^[=+\-@\t\r].*[^\d.]/ })}\r\n`
}
