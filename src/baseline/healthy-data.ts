import type { Deployment } from '../bundle/deployment.ts'
import { dutyPointOf } from '../pump/duty-point.ts'
import { type HealthyReading, quantile } from '../pump/healthy-reading.ts'
import { whyOff } from '../pump/running-gate.ts'
import type { Columns } from '../readings/columns.ts'
import { openReadings } from '../readings/open.ts'
import type { Reading } from '../readings/reading.ts'

/** Which readings are taken as healthy. */
export interface Period {
  readonly fromMs: number
  /** The first instant that is no longer meant. */
  readonly toMs: number
}

export interface HealthyData {
  readonly readings: readonly HealthyReading[]
  /** Instants of the first and the last one; null when there is none. */
  readonly span: readonly [number, number] | null
  /** Readings of the period in which the pump was off. */
  readonly off: number
}

/** Reads the running readings of a period as the device would: columns, units, order, running gate. */
export async function readHealthyData(
  files: readonly string[],
  {
    columns,
    deployment,
    headDefinition,
    period,
    cwd,
  }: {
    readonly columns: Columns
    readonly deployment: Deployment
    readonly headDefinition: 'total' | 'discharge'
    readonly period: Period
    readonly cwd: string
  },
): Promise<HealthyData> {
  const readings: Reading[] = []
  const world = { watermarkMs: null, nowMs: Number.MAX_SAFE_INTEGER, buildTimeMs: 0, stdin: () => process.stdin }
  for await (const batch of openReadings(files, { columns, cwd, ...world }).batches) {
    for (const reading of batch) if (reading.timeMs >= period.fromMs && reading.timeMs < period.toMs) readings.push(reading)
  }
  const rated = {
    flowM3h: usual(readings, 'flow'),
    powerKw: usual(readings, 'power'),
    speedRpm: deployment.pump.rated_speed_rpm ?? usual(readings, 'speed'),
  }
  const running = readings.filter((reading) => whyOff(reading, deployment.judgement.running, rated) === null)
  // A baseline's own efficiency follows from flow, head and power, and readings are then taken the same way.
  const definition = { head_definition: headDefinition, stated_efficiency_percent: null, efficiency_percent: 1 }
  const [first, last] = [running[0], running.at(-1)]
  return {
    readings: running.map((reading) => ({
      duty: dutyPointOf(reading, definition, deployment.pump),
      speedRpm: reading.quantities.speed,
    })),
    span: first === undefined || last === undefined ? null : [first.timeMs, last.timeMs],
    off: readings.length - running.length,
  }
}

/** A value that the pump has when it runs: three quarters of the readings lie below it. */
function usual(readings: readonly Reading[], quantity: 'flow' | 'power' | 'speed'): number | null {
  const values = readings.flatMap(({ quantities }) => (quantities[quantity] === null ? [] : [quantities[quantity]]))
  return values.length === 0
    ? null
    : quantile(
        values.sort((a, b) => a - b),
        0.75,
      )
}
