import type { SyntheticReadings } from './readings.ts'

export const SEED = 8

const HISTORY_HOURS = 30 * 24
const HOUR_MS = 3_600_000
/** Where the readings to be judged begin; the thirty days before are the history that a pump in service has. */
const START_MS = Date.UTC(2020, 0, 31)

export const BATCHES = {
  history: { rows: HISTORY_HOURS, startMs: START_MS - HISTORY_HOURS * HOUR_MS, stepMinutes: 60 },
  '24': { rows: 24, startMs: START_MS, stepMinutes: 60 },
  failing: { rows: 24, startMs: START_MS, stepMinutes: 60, failing: true },
  '20000': { rows: 20_000, startMs: START_MS, stepMinutes: 1 },
  '2000000': { rows: 2_000_000, startMs: START_MS, stepMinutes: 1 },
} as const satisfies Record<string, Omit<SyntheticReadings, 'seed'>>

export type BatchName = keyof typeof BATCHES
