import type { AnomalyRecord } from '../anomaly/record.ts'
import { isoTime } from '../iso-time.ts'
import { sha256 } from '../sha256.ts'

/** One waiting anomaly as its file name tells it, so that listing ten thousand reads none. */
export interface SpoolEntry {
  readonly name: string
  /** Event time, ms since 1970. */
  readonly timeMs: number
  readonly status: string
  readonly id: string
  /** Runs whose request may have reached the server without a known end. */
  readonly tries: number
}

export type SpoolContent =
  | {
      readonly kind: 'sound'
      readonly record: AnomalyRecord
      /** What goes over the wire: the same bytes at every attempt. */
      readonly body: string
    }
  | { readonly kind: 'damaged'; readonly reason: string }

const SCHEMA = 1
const NAME =
  /^(?<day>\d{4}-\d\d-\d\d)T(?<hour>\d\d)(?<minute>\d\d)(?<rest>\d\d\.\d{3}Z)_(?<status>Normal|Warning|Critical|Failure)_(?<id>[\w-]{8,128})(?:\.try(?<tries>[1-9]\d{0,5}))?\.json$/

/** Such as `2025-07-15T232506.000Z_Critical_3f9a….try1.json`: event time, status, id and tries. */
export function spoolName({ timeMs, status, id, tries }: Omit<SpoolEntry, 'name'>): string {
  const time = isoTime(timeMs).replaceAll(':', '')
  return `${time}_${status}_${id}${tries === 0 ? '' : `.try${tries}`}.json`
}

/** Name of the file with the server's answer to an anomaly: one, however often it was tried. */
export function answerName(entry: SpoolEntry): string {
  return spoolName({ ...entry, tries: 0 }).replace(/\.json$/, '.answer.txt')
}

/** Null for a file that is no anomaly of ours. */
export function parseSpoolName(name: string): SpoolEntry | null {
  const groups = NAME.exec(name)?.groups
  const timeMs = Date.parse(`${groups?.['day']}T${groups?.['hour']}:${groups?.['minute']}:${groups?.['rest']}`)
  if (groups === undefined || Number.isNaN(timeMs)) return null
  return { name, timeMs, status: groups['status'] ?? '', id: groups['id'] ?? '', tries: Number(groups['tries'] ?? 0) }
}

export function entryOf(record: AnomalyRecord): SpoolEntry {
  const entry = {
    timeMs: Date.parse(record.timestamp),
    status: record.additionalContext.status,
    id: record.metadata.idempotencyKey,
    tries: 0,
  }
  return { name: spoolName(entry), ...entry }
}

/** Critical and Failure first, the newest of them first; then the others, the oldest first. */
export function byPriority(a: SpoolEntry, b: SpoolEntry): number {
  if (isGrave(a) !== isGrave(b)) return isGrave(a) ? -1 : 1
  return (isGrave(a) ? b.timeMs - a.timeMs : a.timeMs - b.timeMs) || (a.id < b.id ? -1 : 1)
}

/** What a full spool gives up first: the oldest of the least grave. */
export function byDispensability(a: SpoolEntry, b: SpoolEntry): number {
  if (isGrave(a) !== isGrave(b)) return isGrave(a) ? 1 : -1
  return a.timeMs - b.timeMs || (a.id < b.id ? -1 : 1)
}

/** A file that a person can read, with a checksum over what will be sent. */
export function encodeSpoolFile(record: AnomalyRecord): string {
  const body = JSON.stringify(record)
  const id = record.metadata.idempotencyKey
  return `${JSON.stringify({ schema_version: SCHEMA, id, sha256: digest(id, body), anomaly: record }, null, 2)}\n`
}

/** The content of a spool file, held against its checksum and, unless null, the id that its name states. */
export function decodeSpoolFile(text: string, id: string | null): SpoolContent {
  let file: { readonly id?: unknown; readonly sha256?: unknown; readonly anomaly?: unknown }
  try {
    file = Object(JSON.parse(text))
  } catch {
    return { kind: 'damaged', reason: text === '' ? 'is empty' : 'is no whole JSON document' }
  }
  const body = JSON.stringify(file.anomaly)
  if (typeof file.id !== 'string' || typeof body !== 'string' || digest(file.id, body) !== file.sha256) {
    return { kind: 'damaged', reason: 'does not match its own checksum' }
  }
  if (id !== null && file.id !== id) return { kind: 'damaged', reason: 'holds another anomaly than its name says' }
  return { kind: 'sound', record: file.anomaly as AnomalyRecord, body }
}

function isGrave({ status }: SpoolEntry): boolean {
  return status === 'Critical' || status === 'Failure'
}

function digest(id: string, body: string): string {
  return sha256(`${SCHEMA}\n${id}\n${body}`)
}
