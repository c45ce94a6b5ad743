import Papa from 'papaparse'
import { PARAMETERS } from '../pump/quantities.ts'
import type { Reported } from './reported.ts'

type Cell = string | number | null
type CsvColumn = readonly [name: string, meaning: string, cell: (anomaly: Reported) => Cell]

/** Columns of the CSV: name, meaning, and where the value stands. An absent value is an empty cell. */
export const CSV_COLUMNS: readonly CsvColumn[] = [
  ['id', 'given by the API', ({ id }) => id],
  ['timestamp', 'event time, ISO 8601 in UTC', ({ timeMs }) => new Date(timeMs).toISOString()],
  ['created_at', 'when the API stored it', ({ createdAt }) => createdAt],
  ['site_id', '', ({ siteId }) => siteId],
  ['pump_id', '', ({ pumpId }) => pumpId],
  ['sensor_id', 'sensor of the worst newly reportable parameter', ({ sensorId }) => sensorId],
  ['status', 'Normal, Warning, Critical or Failure', ({ status }) => status],
  ['parameters', 'what was reported, with semicolons', ({ parameters }) => parameters.join(';')],
  ['grade', 'tolerance category', ({ grade }) => grade],
  ['description', 'for a person to read', ({ description }) => description],
  ['log_value', 'value of the worst newly reportable parameter, in its canonical unit', ({ logValue }) => logValue],
  ...PARAMETERS.flatMap((name): CsvColumn[] => [
    [`${name}_deviation`, '% of the baseline', ({ deviations }) => deviations[name]],
    [`${name}_min`, 'lower limit of the deviation, %', ({ thresholds }) => thresholds[name].min],
    [`${name}_max`, 'upper limit of the deviation, %', ({ thresholds }) => thresholds[name].max],
    [`${name}_baseline`, 'in the canonical unit', ({ baseline }) => baseline[name]],
    [`${name}_current`, 'in the canonical unit', ({ current }) => current[name]],
  ]),
  ['confidence', 'of the prediction, 0 to 1', ({ confidence }) => confidence],
  ['rul_days', 'remaining useful life, days', ({ rulDays }) => rulDays],
  ['probability', 'of the predicted class, 0 to 1', ({ probability }) => probability],
  ['model_name', '', ({ modelName }) => modelName],
  ['model_version', '', ({ modelVersion }) => modelVersion],
  ['model_type', '', ({ modelType }) => modelType],
  ['artifact_version', '', ({ artifactVersion }) => artifactVersion],
  ['idempotency_key', "the device's own id of the anomaly", ({ idempotencyKey }) => idempotencyKey],
]

/** Beginnings of a text that a spreadsheet takes for a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r]/

export function csvHeader(): string {
  return csvLine(CSV_COLUMNS.map(([name]) => name))
}

/** Lines of RFC 4180. */
export function csvRows(anomalies: readonly Reported[]): string {
  return anomalies.map((anomaly) => csvLine(CSV_COLUMNS.map(([, , cell]) => guarded(cell(anomaly))))).join('')
}

/** An apostrophe before a text that would be a formula; numbers are what they are. */
function guarded(value: Cell): Cell {
  return typeof value === 'string' && FORMULA.test(value) ? `'${value}` : value
}

function csvLine(cells: readonly Cell[]): string {
  return `${Papa.unparse([cells as Cell[]], { newline: '\r\n' })}\r\n`
}
