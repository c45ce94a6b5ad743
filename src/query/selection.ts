import type { Severity } from '../pump/status.ts'
import { SEVERITIES } from '../pump/status.ts'
import { textOf, usage, type Values } from './options.ts'
import { type Period, readPeriod } from './period.ts'
import type { Reported } from './reported.ts'

/** Which anomalies are asked for; null: whichever. */
export interface Selection extends Period {
  readonly sites: readonly number[] | null
  readonly pumps: readonly number[] | null
  readonly sensors: readonly number[] | null
  readonly statuses: readonly Severity[] | null
  readonly parameters: readonly string[] | null
  readonly leastConfidence: number | null
}

export function readSelection(command: string, values: Values, zone: string, nowMs: number): Selection {
  const period = readPeriod(textOf(values, 'from'), textOf(values, 'to'), zone, nowMs)
  if (period.kind === 'wrong') {
    const text = textOf(values, period.option) ?? ''
    throw usage(command, `--${period.option}`, `'${text}' is no time`, 'write 2026-11-01, 2026-11-01T06:00, 7d or "last month"')
  }
  const { fromMs, toMs } = period
  if (fromMs !== null && toMs !== null && fromMs > toMs) throw usage(command, '--from', 'is after --to')
  return {
    fromMs,
    toMs,
    sites: readIds(command, values, 'site'),
    pumps: readIds(command, values, 'pump'),
    sensors: readIds(command, values, 'sensor'),
    statuses: readStatuses(command, values),
    parameters:
      textOf(values, 'parameter')
        ?.split(',')
        .map((name) => name.trim()) ?? null,
    leastConfidence: readShare(command, values),
  }
}

/** Whether an anomaly is one of those asked for, in all that the API cannot filter itself. */
export function isSelected(selection: Selection, anomaly: Reported): boolean {
  const { sites, pumps, sensors, statuses, parameters, leastConfidence } = selection
  return (
    (sites?.includes(anomaly.siteId) ?? true) &&
    (pumps?.includes(anomaly.pumpId) ?? true) &&
    (sensors === null || (anomaly.sensorId !== null && sensors.includes(anomaly.sensorId))) &&
    (statuses?.includes(anomaly.status) ?? true) &&
    (parameters === null || anomaly.parameters.some((name) => parameters.includes(name))) &&
    (leastConfidence === null || (anomaly.confidence !== null && anomaly.confidence >= leastConfidence))
  )
}

function readIds(command: string, values: Values, option: 'site' | 'pump' | 'sensor'): readonly number[] | null {
  const text = textOf(values, option)
  if (text === undefined) return null
  const ids = text.split(',').map((id) => id.trim())
  const wrong = ids.find((id) => !/^\d{1,10}$/.test(id))
  if (wrong !== undefined) throw usage(command, `--${option}`, `'${wrong}' is no id`, 'write numbers with commas, such as 3,5')
  return ids.map(Number)
}

function readStatuses(command: string, values: Values): readonly Severity[] | null {
  const text = textOf(values, 'status')
  if (text === undefined) return null
  return text.split(',').map((given) => {
    const status = SEVERITIES.find((name) => name.toLowerCase() === given.trim().toLowerCase())
    if (status === undefined) throw usage(command, '--status', `'${given}' is no status`, `use ${SEVERITIES.join(', ')}`)
    return status
  })
}

function readShare(command: string, values: Values): number | null {
  const text = textOf(values, 'min-confidence')
  if (text === undefined) return null
  const share = Number(text)
  if (text.trim() === '' || !(share >= 0 && share <= 1)) throw usage(command, '--min-confidence', `'${text}' is not from 0 to 1`)
  return share
}
