import { resolve } from 'node:path'
import { EXIT } from '../failure.ts'
import { writeDurably } from '../state/durable.ts'
import { formatOf, limitOf } from './choices.ts'
import { extentOf } from './extent.ts'
import { createInstants } from './instants.ts'
import { textOf } from './options.ts'
import { readAll } from './read-all.ts'
import type { SubCommand } from './sub-command.ts'
import { createTimeline } from './timeline-grid.ts'
import { timelinePage } from './timeline-page.ts'
import { slotsOf, timelineText } from './timeline-text.ts'

/** Slots of the page's charts. */
const PAGE_SLOTS = 480

const FORMATS = ['table', 'json'] as const

export const timelineCommand: SubCommand = {
  name: 'timeline',
  does: 'draw what was reported over time, in the terminal or as a page',
  tells: `Draws a row of statuses for each pump over the time asked about, and under it how far each reported parameter was from
its baseline (the label says the farthest). With --html also as one page that needs no network: zoom, values, light and
dark, print.`,
  own: ['debounce', 'limit', 'format', 'html'],
  formats: FORMATS,
  examples: ['--site 1 --from 30d', '--pump 1 --from "last month" --html timeline.html', '--pump 1 --from 7d --format json'],
  run: async (asked) => {
    const { io, selection, settings, source, terminal, values, nowMs } = asked
    const format = formatOf('timeline', values, FORMATS)
    const limit = limitOf('timeline', values, 10)
    const html = textOf(values, 'html')
    const extent = { ...(await extentOf(source, selection, nowMs)), gapMs: 2 * settings.debounceMs }
    const grid = { ...extent, slots: slotsOf(terminal) }
    const pageGrid = { ...extent, slots: PAGE_SLOTS }
    const [timeline, onPage] = [createTimeline(grid), createTimeline(pageGrid)]
    await readAll(asked, (anomaly) => {
      timeline.add(anomaly)
      if (html !== undefined) onPage.add(anomaly)
    })
    const instants = createInstants(settings.timeZone)
    if (html !== undefined) writeDurably(resolve(io.cwd, html), timelinePage(onPage.lines(), pageGrid, instants))
    if (format === 'json') io.stdout(`${JSON.stringify({ ...grid, pumps: timeline.lines() }, null, 2)}\n`)
    else io.stdout(timelineText(timeline.lines(), grid, terminal, instants, limit))
    return EXIT.ok
  },
}
