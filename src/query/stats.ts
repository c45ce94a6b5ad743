import { resolve } from 'node:path'
import { EXIT } from '../failure.ts'
import { formatOf, limitOf } from './choices.ts'
import { createInstants } from './instants.ts'
import { textOf } from './options.ts'
import { readAll } from './read-all.ts'
import { readDeviceTimes } from './results-folder.ts'
import { createStatistics } from './statistics.ts'
import { statsText } from './stats-text.ts'
import type { SubCommand } from './sub-command.ts'

const FORMATS = ['table', 'json'] as const

export const statsCommand: SubCommand = {
  name: 'stats',
  does: 'count and summarise: statuses, parameters, hours, episodes, deviations, trends, alarm load',
  tells: `Counts by status, parameter, hour and weekday; joins reports to episodes (the same pump and parameter, gaps up to
twice the debounce); says how long each status was held at least, how deviations stand and whether they move (Mann–Kendall
test of the daily medians, Theil–Sen slope), which pumps report most, and whether an operator could keep up. What the API
was never told is in none of it; with --results the devices' own files give exact times in status.`,
  own: ['results', 'debounce', 'limit', 'format'],
  formats: FORMATS,
  examples: ['--site 1 --from 30d', '--from "last month" --time-zone Europe/Vienna --format json', '--pump 1 --results results'],
  run: async (asked) => {
    const { io, selection, settings, terminal, values, nowMs } = asked
    const format = formatOf('stats', values, FORMATS)
    const limit = limitOf('stats', values, 10)
    const folder = textOf(values, 'results')
    const devices = folder === undefined ? null : readDeviceTimes(resolve(io.cwd, folder), selection.fromMs, selection.toMs)
    const instants = createInstants(settings.timeZone)
    const statistics = createStatistics({ gapMs: 2 * settings.debounceMs, instants })
    await readAll(asked, statistics.add)
    const result = statistics.result(selection.fromMs, selection.toMs, nowMs)
    if (format === 'json') {
      const times = devices === null ? {} : { device_times: devices }
      io.stdout(`${JSON.stringify({ ...result, offenders: result.offenders.slice(0, limit), ...times }, null, 2)}\n`)
    } else {
      io.stdout(statsText(result, devices, terminal, instants, limit))
    }
    return EXIT.ok
  },
}
