import Papa from 'papaparse'
import { PARAMETERS } from '../pump/quantities.ts'
import type { Reported } from './reported.ts'

type Cell = string | number | null
type CsvColumn = readonly [name: string, cell: (anomaly: Reported) => Cell]

/** Columns of the CSV, whose meanings src/query/README.md tells. An absent value is an empty cell. */
const CSV_COLUMNS: readonly CsvColumn[] = [
  ['id', ({ id }) => id],
  ['timestamp', ({ timeMs }) => new Date(timeMs).toISOString()],
  ['created_at', ({ createdAt }) => createdAt],
  ['site_id', ({ siteId }) => siteId],
  ['pump_id', ({ pumpId }) => pumpId],
  ['sensor_id', ({ sensorId }) => sensorId],
  ['status', ({ status }) => status],
  ['parameters', ({ parameters }) => parameters.join(';')],
  ['grade', ({ grade }) => grade],
  ['description', ({ description }) => description],
  ['log_value', ({ logValue }) => logValue],
  ...PARAMETERS.flatMap((name): CsvColumn[] => [
    [`${name}_deviation`, ({ deviations }) => deviations[name]],
    [`${name}_min`, ({ thresholds }) => thresholds[name].min],
    [`${name}_max`, ({ thresholds }) => thresholds[name].max],
    [`${name}_baseline`, ({ baseline }) => baseline[name]],
    [`${name}_current`, ({ current }) => current[name]],
  ]),
  ['confidence', ({ confidence }) => confidence],
  ['rul_days', ({ rulDays }) => rulDays],
  ['probability', ({ probability }) => probability],
  ['model_name', ({ modelName }) => modelName],
  ['model_version', ({ modelVersion }) => modelVersion],
  ['model_type', ({ modelType }) => modelType],
  ['artifact_version', ({ artifactVersion }) => artifactVersion],
  ['idempotency_key', ({ idempotencyKey }) => idempotencyKey],
]

/** Beginnings of a text that a spreadsheet takes for a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r]/

export function csvHeader(): string {
  return csvLine(CSV_COLUMNS.map(([name]) => name))
}

/** Lines of RFC 4180. */
export function csvRows(anomalies: readonly Reported[]): string {
  return anomalies.map((anomaly) => csvLine(CSV_COLUMNS.map(([, cell]) => guarded(cell(anomaly))))).join('')
}

/** An apostrophe before a text that would be a formula; numbers are what they are. */
function guarded(value: Cell): Cell {
  return typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value
}

function csvLine(cells: readonly Cell[]): string {
  return `${Papa.unparse([cells as Cell[]], { newline: '\r\n' })}\r\n`
}
