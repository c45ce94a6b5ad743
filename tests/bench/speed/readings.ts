import { closeSync, openSync, writeSync } from 'node:fs'
import { createRandom } from '../../../src/training/random.ts'

export interface SyntheticReadings {
  readonly seed: number
  readonly rows: number
  readonly startMs: number
  readonly stepMinutes: number
  /** Loses 15 % of flow and 10 % of head for the whole file instead of six hours in 30 days. */
  readonly failing?: boolean
}

const HEADER =
  'timestamp,Well ID,Flow (gpm),Discharge Pressure (psi),Suction Pressure (psi),Motor Power (hp),Pump Efficiency (%),Motor Speed (rpm)'

/** The duty point that all readings scatter around; the baseline of the bench's pump. */
export const DUTY = { flowGpm: 252.33, pressurePsi: 75.31, powerHp: 20.035, efficiencyPercent: 55.3 } as const

const PERIOD_MINUTES = 30 * 24 * 60
const FAULT_MINUTES = 6 * 60
const FIRST_FAULT_MINUTES = 10 * 24 * 60
const BLOCK_ROWS = 10_000

/** Writes synthetic readings in the format of the site of Well 1: noise, a daily cycle, faults at times. The same seed gives the same bytes. */
export function writeReadings(path: string, { seed, rows, startMs, stepMinutes, failing = false }: SyntheticReadings): void {
  const random = createRandom(seed, stepMinutes)
  let wander = 0
  const line = (index: number): string => {
    const minute = index * stepMinutes
    wander = 0.9 * wander + 0.0015 * random.normal()
    const sinceFault = (minute % PERIOD_MINUTES) - FIRST_FAULT_MINUTES
    const hasFault = failing || (sinceFault >= 0 && sinceFault < FAULT_MINUTES)
    const day = 0.01 * Math.sin((2 * Math.PI * minute) / 1440)
    const flow = 1.01 + day + wander + 0.006 * random.normal() - (hasFault ? 0.15 : 0)
    const head = 1.005 - day / 2 + 0.004 * random.normal() - (hasFault ? 0.1 : 0)
    const power = 1 + day / 2 + wander / 2 + 0.005 * random.normal()
    return [
      stampOf(startMs + minute * 60_000),
      'Well 1',
      (DUTY.flowGpm * flow).toFixed(2),
      (DUTY.pressurePsi * head).toFixed(2),
      (2.7 + 0.02 * random.normal()).toFixed(2),
      (DUTY.powerHp * power).toFixed(3),
      ((DUTY.efficiencyPercent * flow * head) / power).toFixed(2),
      (1792 + 1.5 * random.normal()).toFixed(1),
    ].join(',')
  }
  const file = openSync(path, 'w')
  try {
    writeSync(file, `${HEADER}\n`)
    for (let start = 0; start < rows; start += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, rows - start)
      writeSync(file, `${Array.from({ length: count }, (_, i) => line(start + i)).join('\n')}\n`)
    }
  } finally {
    closeSync(file)
  }
}

/** `06/01/2024 00:00` */
function stampOf(ms: number): string {
  const iso = new Date(ms).toISOString()
  return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)} ${iso.slice(11, 16)}`
}
