import papaparse from 'papaparse'
import { InputFailure } from '../failure.ts'
import { type FeaturePoint, featurePointOf } from '../model/features.ts'
import { nearestName } from '../nearest.ts'
import type { PointBaseline } from '../pump/baseline.ts'
import { deviationsFrom } from '../pump/deviation.ts'
import { dutyPointOf } from '../pump/duty-point.ts'
import { whyOff } from '../pump/running-gate.ts'
import type { Columns } from '../readings/columns.ts'
import { openReadings } from '../readings/open.ts'
import type { Reading } from '../readings/reading.ts'
import { PLAIN_GAUGES, textOf } from './inputs.ts'

/** A running reading of a training file, and what is known to be true of it. */
export interface LabelledPoint {
  readonly point: FeaturePoint
  /** null: the file does not say. */
  readonly label: string | null
  /** Remaining useful life [d]; null: unknown, or the run ends in health. */
  readonly rulDays: number | null
}

export interface PointsSetup {
  readonly columns: Columns
  readonly baseline: PointBaseline
  readonly labelColumn: string
  /** null: no column tells the remaining useful life. */
  readonly rulColumn: string | null
  readonly cwd: string
}

/**
 * Reads one run, a CSV file, as the device would: the same columns, units, order and running gate. Readings of a
 * pump that is off are left out, as the device keeps them out of the features' history.
 */
export async function readRun(file: string, setup: PointsSetup): Promise<LabelledPoint[]> {
  const truth = truthOf(file, setup)
  const points: LabelledPoint[] = []
  for (const reading of await readingsOf(file, setup)) {
    const point = pointOf(reading, setup.baseline)
    if (point !== null) points.push({ point, ...truth(reading.line) })
  }
  return points
}

async function readingsOf(file: string, { columns, cwd }: PointsSetup): Promise<Reading[]> {
  const world = { watermarkMs: null, nowMs: Number.MAX_SAFE_INTEGER, buildTimeMs: 0, stdin: process.stdin }
  const readings: Reading[] = []
  const opened = openReadings(file, { columns, cwd, ...world })
  for await (const batch of opened.batches) readings.push(...batch)
  return readings
}

/** null when the pump is off. */
function pointOf(reading: Reading, baseline: PointBaseline): FeaturePoint | null {
  const { flow_m3h: flowM3h, head_m: head, power_kw: powerKw, efficiency_percent: efficiency } = baseline
  const rated = { flowM3h, powerKw, speedRpm: null }
  if (whyOff(reading, { channel: null, min_speed_rpm: null, min_power_kw: null }, rated) !== null) return null
  const measured = dutyPointOf(reading, baseline, PLAIN_GAUGES)
  const deviations = deviationsFrom(measured, { flow: flowM3h, head, power: powerKw, efficiency })
  return featurePointOf(reading, { measured, deviations })
}

type Truth = Pick<LabelledPoint, 'label' | 'rulDays'>

/** What the truth columns say, by line of the file. */
function truthOf(file: string, { columns, labelColumn, rulColumn, cwd }: PointsSetup): (line: number) => Truth {
  const { data } = papaparse.parse<string[]>(textOf(file, cwd), { delimiter: columns.delimiter ?? '' })
  const header = (data[0] ?? []).map((cell) => cell.trim())
  const label = placeOf(labelColumn, header, file)
  const rul = rulColumn === null ? null : placeOf(rulColumn, header, file)
  return (line) => {
    const cells = data[line - 1] ?? []
    const days = rul === null ? '' : (cells[rul] ?? '').trim()
    return {
      label: (cells[label] ?? '').trim() || null,
      rulDays: days === '' || Number.isNaN(Number(days)) ? null : Number(days),
    }
  }
}

function placeOf(column: string, header: readonly string[], file: string): number {
  const place = header.indexOf(column)
  if (place !== -1) return place
  const near = nearestName(column, header)
  const mend = near === null ? `its columns are ${header.join(', ')}` : `did you mean "${near}"?`
  throw new InputFailure({ where: file, what: `has no column "${column}"`, mend })
}
