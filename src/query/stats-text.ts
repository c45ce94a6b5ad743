import { PARAMETERS } from '../pump/quantities.ts'
import { SEVERITIES } from '../pump/status.ts'
import { bar, sparkline } from './bars.ts'
import type { Instants } from './instants.ts'
import type { DeviceTime } from './results-folder.ts'
import type { Statistics } from './statistics.ts'
import { type Column, tableOf } from './table.ts'
import type { Terminal } from './terminal.ts'
import { counted, lengthInWords, STATUS_STYLES, signed, trendInWords } from './wording.ts'

/** What the API cannot know, said wherever it matters. */
export const CAVEAT = 'The API sees only what was reported: Normal times, and what the debounce held back, are not in it.'

/** Statistics for people. */
export function statsText(
  statistics: Statistics,
  devices: readonly DeviceTime[] | null,
  terminal: Terminal,
  instants: Instants,
  limit: number,
): string {
  const { anomalies, pumps, from, to } = statistics
  const period = `${instants.minute(Date.parse(from))} to ${instants.minute(Date.parse(to))} (${instants.zone})`
  const head = terminal.paint('bold', `${counted(anomalies, 'anomaly')} of ${counted(pumps, 'pump')}, ${period}`)
  if (anomalies === 0) return `${head}\n`
  const section = (title: string, body: string) => `\n${terminal.paint('bold', title)}\n${body}`
  return [
    `${head}\n`,
    section('Status', statusTable(statistics, terminal)),
    section('What was reported', parameterTable(statistics, terminal)),
    section('Deviations', deviationTable(statistics, terminal)),
    section('When', whenText(statistics)),
    section('Pumps with most episodes', offenderTable(statistics, terminal, limit)),
    section('As an alarm system (EEMUA 191, ISA-18.2)', alarmText(statistics)),
    devices === null ? '' : section('Time in status, from the devices’ results', deviceTable(devices, terminal)),
    `\n${terminal.paint('dim', CAVEAT)}\n`,
  ].join('')
}

function statusTable({ by_status, status_time_at_least_ms, anomalies }: Statistics, terminal: Terminal): string {
  const rows = SEVERITIES.filter((name) => by_status[name] > 0)
  return tableOf(
    rows,
    [
      { title: 'status', cell: (name) => name, style: (name) => STATUS_STYLES[name] },
      { title: 'anomalies', cell: (name) => String(by_status[name]), align: 'right' },
      { title: 'share', cell: (name) => `${((by_status[name] / anomalies) * 100).toFixed(1)} %`, align: 'right' },
      { title: 'held at least', cell: (name) => lengthInWords(status_time_at_least_ms[name]), align: 'right' },
      { title: '', cell: (name) => bar(by_status[name] / anomalies, 24), rank: 1, style: (name) => STATUS_STYLES[name] },
    ],
    terminal,
  )
}

function parameterTable({ by_parameter, episodes }: Statistics, terminal: Terminal): string {
  const names = Object.keys(by_parameter).toSorted((a, b) => (by_parameter[b] ?? 0) - (by_parameter[a] ?? 0))
  const length = (ms: number | null | undefined) => (ms === null || ms === undefined ? '–' : lengthInWords(ms))
  const columns: Column<string>[] = [
    { title: 'reported', cell: (name) => name, least: 10 },
    { title: 'anomalies', cell: (name) => String(name === 'all' ? '' : by_parameter[name]), align: 'right' },
    { title: 'episodes', cell: (name) => String(episodes[name]?.count ?? 0), align: 'right' },
    { title: 'median length', cell: (name) => length(episodes[name]?.median_length_ms), align: 'right', rank: 1 },
    { title: 'longest', cell: (name) => length(episodes[name]?.longest_ms), align: 'right' },
    { title: 'mean time between', cell: (name) => length(episodes[name]?.mean_time_between_ms), align: 'right' },
  ]
  return tableOf([...names, 'all'], columns, terminal)
}

function deviationTable({ deviations }: Statistics, terminal: Terminal): string {
  const rows = PARAMETERS.flatMap((name) => {
    const summary = deviations[name]
    return summary === null ? [] : [{ name, ...summary }]
  })
  if (rows.length === 0) return 'none was reported\n'
  return tableOf(
    rows,
    [
      { title: 'parameter', cell: ({ name }) => name },
      { title: 'median', cell: ({ median }) => `${signed(median, 1)} %`, align: 'right' },
      { title: 'worst', cell: ({ worst }) => `${signed(worst, 1)} %`, align: 'right' },
      { title: 'of pump', cell: ({ worst_pump }) => worst_pump, rank: 1, least: 6 },
      { title: 'trend of what was reported', cell: ({ trend }) => trendInWords(trend) },
    ],
    terminal,
  )
}

function whenText({ by_hour, by_weekday, time_zone }: Statistics): string {
  const [most, least] = [Math.max(...by_hour), Math.min(...by_hour)]
  return [
    `hour     |${sparkline(by_hour)}|  0 to 23 ${time_zone}; ${least} to ${most} an hour`,
    `weekday  |${sparkline(by_weekday)
      .split('')
      .map((one) => one.repeat(3))
      .join('')}|  Mon Tue Wed Thu Fri Sat Sun: ${by_weekday.join(' ')}`,
    '',
  ].join('\n')
}

function offenderTable({ offenders }: Statistics, terminal: Terminal, limit: number): string {
  const shown = offenders.slice(0, limit)
  return tableOf(
    shown,
    [
      { title: 'pump', cell: ({ pump }) => pump, least: 8 },
      { title: 'episodes', cell: ({ episodes }) => String(episodes), align: 'right' },
      { title: 'share', cell: ({ share }) => `${(share * 100).toFixed(1)} %`, align: 'right' },
      { title: 'anomalies', cell: ({ anomalies }) => String(anomalies), align: 'right' },
      { title: '', cell: ({ share }) => bar(share / (shown[0]?.share ?? 1), 24), rank: 1, style: () => 'cyan' },
    ],
    terminal,
  )
}

function alarmText({ alarms }: Statistics): string {
  const { episodes_per_day: perDay, busiest_day: busiest, verdict, floods, episodes_in_floods, standing } = alarms
  const day = busiest === null ? '' : `, ${busiest.episodes} on the busiest day (${busiest.day})`
  return [
    `${perDay.toFixed(1)} episodes a day${day}: ${verdict} for one operator (150 acceptable, 300 at most)`,
    floods === 0
      ? 'no flood (more than 10 episodes begun within 10 minutes)'
      : `${counted(floods, 'flood')} (more than 10 episodes begun within 10 minutes) with ${counted(episodes_in_floods, 'episode')}`,
    `${counted(standing, 'episode')} stood longer than 24 h`,
    '',
  ].join('\n')
}

function deviceTable(devices: readonly DeviceTime[], terminal: Terminal): string {
  const time = (name: keyof DeviceTime['time_ms']): Column<DeviceTime> => ({
    title: name,
    cell: ({ time_ms }) => (time_ms[name] === 0 ? '–' : lengthInWords(time_ms[name])),
    align: 'right',
  })
  const columns = (['Normal', 'Warning', 'Critical', 'Failure', 'Idle', 'Not judged', 'unknown'] as const).map(time)
  return tableOf(
    devices,
    [
      { title: 'device', cell: ({ device }) => device },
      { title: 'readings', cell: ({ readings }) => String(readings), align: 'right' },
      ...columns,
    ],
    terminal,
  )
}
