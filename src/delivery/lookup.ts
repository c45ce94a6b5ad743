import type { AnomalyRecord } from '../anomaly/record.ts'
import { isoTime } from '../iso-time.ts'
import type { Answer } from './answer.ts'
import { classify, type Outcome } from './classify.ts'

/** The query that finds one anomaly at the API: its pump, and a second on either side of its event time. */
export function lookupQuery(record: AnomalyRecord): Readonly<Record<string, string>> {
  const timeMs = Date.parse(record.timestamp)
  return {
    siteId: String(record.siteId),
    pumpId: String(record.pumpId),
    startDate: isoTime(timeMs - 1000),
    endDate: isoTime(timeMs + 1000),
    pageSize: '100',
  }
}

/**
 * What a look-up says about an anomaly whose earlier request ended without an answer: accepted when the API has it, the
 * outcome when the API cannot be asked now, and null when it is not there or this API or token cannot list: then it is
 * sent again, and the idempotency key is what keeps it single.
 */
export function outcomeOfLookup(answer: Answer, record: AnomalyRecord, nowMs: number): Outcome | null {
  if (answer.kind === 'answer' && answer.status === 200) {
    const found = itemsOf(answer.body).find((item) => isSame(item, record))
    return found === undefined ? null : { kind: 'accepted', recordId: String(found['id']) }
  }
  const outcome = classify(answer, nowMs)
  if (answer.kind === 'no answer') return outcome
  return outcome.kind === 'unavailable' && !outcome.mayBeStored ? outcome : null
}

type Item = Readonly<Record<string, unknown>>

function itemsOf(body: string): readonly Item[] {
  const items = objectOf(parse(body))['items']
  return Array.isArray(items) ? items.map(objectOf) : []
}

/** By its key where the API keeps it; else by pump and event time, of which a pump has one anomaly. */
function isSame(item: Item, record: AnomalyRecord): boolean {
  const metadata = item['metadata']
  // Nested fields may arrive as JSON text.
  const key = objectOf(typeof metadata === 'string' ? parse(metadata) : metadata)['idempotencyKey']
  if (typeof key === 'string') return key === record.metadata.idempotencyKey
  const timeMs = typeof item['timestamp'] === 'string' ? Date.parse(item['timestamp']) : Number.NaN
  return item['siteId'] === record.siteId && item['pumpId'] === record.pumpId && timeMs === Date.parse(record.timestamp)
}

function objectOf(value: unknown): Item {
  return typeof value === 'object' && value !== null ? (value as Item) : {}
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
