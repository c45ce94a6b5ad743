import { DatabaseSync } from 'node:sqlite'
import type { AnomalyRecord } from '../../src/anomaly/record.ts'
import type { Severity } from '../../src/pump/status.ts'
import { anomaly } from '../api/anomalies.ts'

/** A generator of numbers uniform in [0, 1) that gives the same ones for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const START_MS = Date.UTC(2026, 0, 1)
const HOUR_MS = 3_600_000
const STATUSES = ['Warning', 'Critical', 'Failure'] as const
const PARAMETERS = ['flow', 'head', 'power', 'efficiency'] as const

export interface Fleet {
  readonly pumps: number
  readonly anomalies: number
  readonly seed: number
}

/**
 * Anomalies of a made-up fleet, ten pumps a site, in the order of their pumps: episodes of hourly reports of one or two
 * parameters that grow worse, with pauses between them, and many at the same instants.
 */
export function* fleetAnomalies({ pumps, anomalies, seed }: Fleet): Generator<AnomalyRecord> {
  const random = seeded(seed)
  const each = Math.ceil(anomalies / pumps)
  let made = 0
  for (let pump = 0; pump < pumps && made < anomalies; pump++) {
    let timeMs = START_MS + Math.floor(random() * 48) * HOUR_MS
    let left = 0
    let named: (typeof PARAMETERS)[number][] = []
    for (let i = 0; i < each && made < anomalies; i++, made++) {
      if (left === 0) {
        left = 1 + Math.floor(random() * 30)
        timeMs += (3 + Math.floor(random() * 40)) * HOUR_MS
        named = PARAMETERS.filter(() => random() < 0.4)
        if (named.length === 0) named = ['flow']
      } else {
        timeMs += HOUR_MS + (random() < 0.2 ? Math.floor(random() * HOUR_MS) : 0)
      }
      left -= 1
      yield oneOf(pump, timeMs, named, i, random)
    }
  }
}

function oneOf(pump: number, timeMs: number, named: readonly string[], i: number, random: () => number): AnomalyRecord {
  const status: Severity = STATUSES[Math.floor(random() * 3)] ?? 'Warning'
  const deviation = () => -5 - random() * 20 - i * 0.001
  const usual = anomaly()
  const siteId = 1 + Math.floor(pump / 10)
  return anomaly({
    siteId,
    pumpId: pump,
    sensorId: pump * 10 + 1,
    timestamp: new Date(timeMs).toISOString(),
    description: `Pump ${pump}: ${status}. ${named.join('; ')}. Grade 1U.`,
    additionalContext: {
      ...usual.additionalContext,
      parameter: [...named],
      status,
      all_deviations: {
        flow: deviation(),
        head: deviation(),
        power: random() < 0.1 ? null : deviation(),
        efficiency: deviation(),
      },
    },
    metadata: {
      ...usual.metadata,
      confidence: random() < 0.3 ? null : random(),
      prediction_rul_days: random() < 0.5 ? null : random() * 60,
      idempotencyKey: `${pump}-${i}`,
    },
  })
}

/** Puts anomalies into a database that the API has made, past the API, in one transaction. */
export function fill(database: string, anomalies: Iterable<AnomalyRecord>): number {
  const db = new DatabaseSync(database)
  const insert = db.prepare(
    'insert into anomalies (site_id, pump_id, sensor_id, event_ms, idempotency_key, record, created_at) values (?, ?, ?, ?, ?, ?, ?)',
  )
  let count = 0
  db.exec('pragma synchronous = off; begin')
  for (const one of anomalies) {
    const { siteId, pumpId, sensorId, timestamp } = one
    insert.run(siteId, pumpId, sensorId, Date.parse(timestamp), one.metadata.idempotencyKey, JSON.stringify(one), timestamp)
    count += 1
  }
  db.exec('commit')
  db.close()
  return count
}
