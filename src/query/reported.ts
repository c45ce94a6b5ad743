import { PARAMETERS, type PerParameter } from '../pump/quantities.ts'
import { SEVERITIES, type Severity } from '../pump/status.ts'

/** An anomaly as the API gives it back, whatever form it came in; null where the API says nothing. */
export interface Reported {
  /** The API's own id, as text. */
  readonly id: string
  readonly createdAt: string | null
  /** Event time [ms since 1970-01-01 UTC]. */
  readonly timeMs: number
  readonly siteId: number
  readonly pumpId: number
  readonly sensorId: number | null
  readonly description: string
  readonly logValue: number | null
  readonly status: Severity
  /** What was reported: parameters of the grade, `model`, or subjects of findings. */
  readonly parameters: readonly string[]
  readonly grade: string | null
  /** [% of the baseline] */
  readonly deviations: PerParameter<number | null>
  /** [% of the baseline] */
  readonly thresholds: PerParameter<{ readonly min: number | null; readonly max: number | null }>
  readonly baseline: PerParameter<number | null>
  readonly current: PerParameter<number | null>
  readonly confidence: number | null
  readonly rulDays: number | null
  readonly probability: number | null
  readonly modelName: string | null
  readonly modelVersion: string | null
  readonly modelType: string | null
  readonly artifactVersion: string | null
  readonly idempotencyKey: string | null
  /** The item as it came. */
  readonly item: unknown
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads one item of the API's answer. Nested fields may be objects or JSON texts, at any depth, and ids numbers or
 * texts. Null for what is no anomaly: without an id, a site, a pump, a time or a known status.
 */
export function readReported(item: unknown): Reported | null {
  const fields = fieldsOf(item)
  const context = fieldsOf(fields['additionalContext'])
  const metadata = fieldsOf(fields['metadata'])
  const id = idOf(fields['id'])
  const [siteId, pumpId] = [numberOf(fields['siteId']), numberOf(fields['pumpId'])]
  const timeMs = timeOf(fields['timestamp'])
  const status = SEVERITIES.find((name) => name === context['status'])
  if (id === null || siteId === null || pumpId === null || timeMs === null || status === undefined) return null
  return {
    id,
    createdAt: textOf(fields['createdAt']),
    timeMs,
    siteId,
    pumpId,
    sensorId: numberOf(fields['sensorId']),
    description: textOf(fields['description']) ?? '',
    logValue: numberOf(fields['logValue']),
    status,
    parameters: textsOf(context['parameter']),
    grade: textOf(context['tolerance_category']) ?? textOf(metadata['tolerance_category']),
    deviations: perParameter(context['all_deviations'], numberOf),
    thresholds: perParameter(context['thresholds'], boundsOf),
    baseline: perParameter(context['baseline_values'], numberOf),
    current: perParameter(context['current_values'], numberOf),
    confidence: numberOf(metadata['confidence']),
    rulDays: numberOf(metadata['prediction_rul_days']),
    probability: numberOf(metadata['prediction_probability']),
    modelName: textOf(metadata['modelName']),
    modelVersion: textOf(metadata['modelVersion']),
    modelType: textOf(metadata['model_type']),
    artifactVersion: textOf(metadata['artifactVersion']),
    idempotencyKey: textOf(metadata['idempotencyKey']),
    item,
  }
}

/** The API's record as it came, but for nested fields that were JSON texts: those as what they hold. */
export function recordOf({ item }: Reported): Fields {
  const inside = (value: unknown) =>
    Object.fromEntries(Object.entries(fieldsOf(value)).map(([name, inner]) => [name, decoded(inner)]))
  const fields = fieldsOf(item)
  return {
    ...fields,
    additionalContext: inside(fields['additionalContext']),
    metadata: inside(fields['metadata']),
  }
}

function perParameter<T>(value: unknown, read: (value: unknown) => T): PerParameter<T> {
  const fields = fieldsOf(value)
  return Object.fromEntries(PARAMETERS.map((name) => [name, read(fields[name])])) as PerParameter<T>
}

function boundsOf(value: unknown): { min: number | null; max: number | null } {
  const fields = fieldsOf(value)
  return { min: numberOf(fields['min']), max: numberOf(fields['max']) }
}

function fieldsOf(value: unknown): Fields {
  const inner = decoded(value)
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Fields) : {}
}

/** One text alone stands for a list of one. */
function textsOf(value: unknown): readonly string[] {
  const inner = decoded(value)
  if (Array.isArray(inner)) return inner.filter((name) => typeof name === 'string')
  return typeof inner === 'string' && inner !== '' ? [inner] : []
}

/** The value that a JSON text of an object or a list holds; anything else as it is. */
function decoded(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function idOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return textOf(value)
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

function numberOf(value: unknown): number | null {
  if (typeof value === 'string' && /^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i.test(value)) return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

/** A time without a zone is one in UTC, as the record's definition says. */
function timeOf(value: unknown): number | null {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}T/.test(value)) return null
  const timeMs = Date.parse(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(value) ? value : `${value}Z`)
  return Number.isNaN(timeMs) ? null : timeMs
}
