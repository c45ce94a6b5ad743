import { readFileSync } from 'node:fs'
import { WELL_1 } from './packaged.ts'

const rowsOf = (file: string): readonly string[] => readFileSync(file, 'utf8').trimEnd().split('\n')

/** So many that the model has its history before the pump is bad. */
export const HEALTHY_ROWS = 160
/** Each of them an anomaly, and those from the ninth on have a prediction. */
export const BAD_ROWS = 16

/** A pump that was well and is not any more: its rows, an hour apart, without their header. */
export const WORSENING: readonly string[] = [
  ...rowsOf(WELL_1.healthy).slice(-HEALTHY_ROWS),
  ...rowsOf(WELL_1.degrading).slice(-BAD_ROWS),
]

/** Rows as a CSV file. */
export function csvOf(rows: readonly string[]): string {
  return `${[rowsOf(WELL_1.healthy)[0], ...rows].join('\n')}\n`
}
