import { UsageFailure } from '../failure.ts'
import { PARAMETERS } from '../pump/quantities.ts'
import { SEVERITIES } from '../pump/status.ts'

export const PROGRAM = 'pump-monitor query'

interface Option {
  /** What stands for the value in the help; null: a switch. */
  readonly value: string | null
  readonly does: string
  /** What shell completion offers. */
  readonly offers?: readonly string[] | 'files'
}

/** Every option of every sub-command, in the order of the help. */
export const OPTIONS = {
  site: { value: 'IDS', does: 'only these sites: ids with commas' },
  pump: { value: 'IDS', does: 'only these pumps: ids with commas' },
  sensor: { value: 'IDS', does: 'only these sensors: ids with commas' },
  from: {
    value: 'TIME',
    does: 'not before: 2026-11-01, 2026-11-01T06:00, 24h, 7d, 2w, today, yesterday, "last month", "this year"…',
    offers: ['24h', '7d', '30d', 'today', 'yesterday', 'last month'],
  },
  to: {
    value: 'TIME',
    does: 'not after; a day or month is included as a whole (default: the end of "last month" and the like, else now)',
  },
  'time-zone': { value: 'ZONE', does: 'zone of days and printed times, such as Europe/Vienna (default: UTC)' },
  status: { value: 'NAMES', does: 'only these statuses: Normal, Warning, Critical, Failure, with commas', offers: SEVERITIES },
  parameter: {
    value: 'NAMES',
    does: 'only anomalies that name one of these: flow, head, power, efficiency, model…',
    offers: [...PARAMETERS, 'model'],
  },
  'min-confidence': { value: 'SHARE', does: 'only predictions of at least this confidence, 0 to 1' },
  sort: {
    value: 'ORDER',
    does: 'newest, oldest, deviation (worst against its limit first), confidence or rul (default: newest)',
    offers: ['newest', 'oldest', 'deviation', 'confidence', 'rul'],
  },
  limit: { value: 'N', does: 'show at most so many (default: 25; pumps: 10)' },
  format: { value: 'FORM', does: 'table, json, ndjson or csv', offers: ['table', 'json', 'ndjson', 'csv'] },
  output: { value: 'FILE', does: 'where the export goes, whole or not at all (default: standard output)', offers: 'files' },
  resume: { value: null, does: 'go on where an interrupted export to the same FILE ended' },
  results: { value: 'DIR', does: "devices' results files, for exact times in status; a folder per pump", offers: 'files' },
  debounce: { value: 'MINUTES', does: 'the debounce of the devices; twice that gap ends an episode (default: 60)' },
  html: { value: 'FILE', does: 'write one self-contained page as well', offers: 'files' },
  window: { value: 'MINUTES', does: 'episodes that start this close together may share a cause (default: 10)' },
  interval: { value: 'LENGTH', does: 'how often to ask, such as 30s or 5m (default: 30s)' },
  'look-back': { value: 'LENGTH', does: 'how old an anomaly may arrive and still be shown (default: 24h)' },
  for: { value: 'LENGTH', does: 'end after this time, such as 8h (default: at Ctrl-C)' },
  api: { value: 'URL', does: 'address of the API (default: $PUMP_MONITOR_API, else api.base_url of the configuration)' },
  'token-file': {
    value: 'FILE',
    does: 'file with the token, readable by you only (before it: $ANOMALY_API_TOKEN)',
    offers: 'files',
  },
  'allow-insecure-loopback': { value: null, does: 'allow plain http to this machine' },
  config: {
    value: 'FILE',
    does: 'settings (default: $PUMP_MONITOR_QUERY_CONFIG, else pump-monitor/query.json in ~/.config)',
    offers: 'files',
  },
  quiet: { value: null, does: 'no progress and no remarks on standard error' },
  help: { value: null, does: 'show this text' },
} as const satisfies Readonly<Record<string, Option>>

export type OptionName = keyof typeof OPTIONS
export type Values = Readonly<Partial<Record<OptionName, string | boolean>>>

/** The value of an option that takes one. */
export function textOf(values: Values, name: OptionName): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export function usage(command: string, where: string, what: string, mend?: string): UsageFailure {
  const program = `${PROGRAM} ${command}`
  return new UsageFailure({ where: `${program} ${where}`, what, mend: mend ?? `see ${program} --help` })
}
