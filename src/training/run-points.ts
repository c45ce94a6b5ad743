import { basename } from 'node:path'
import papaparse from 'papaparse'
import { textOf } from '../baseline/inputs.ts'
import { InputFailure } from '../failure.ts'
import { type FeaturePoint, featurePointOf } from '../model/features.ts'
import { nearestName } from '../nearest.ts'
import { createJudge, type PumpSetup } from '../pump/judge.ts'
import type { Columns } from '../readings/columns.ts'
import { openReadings } from '../readings/open.ts'
import type { Reading } from '../readings/reading.ts'

/** A judged reading of a training file, and what is known to be true of it. */
export interface LabelledPoint {
  readonly point: FeaturePoint
  /** The status rule says Warning or worse. */
  readonly isWarned: boolean
  /** null: the file does not say. */
  readonly label: string | null
  /** Remaining useful life [d]; null: unknown, or the run ends in health. */
  readonly rulDays: number | null
}

/** One life, test or experiment: the readings of one file. */
export interface Run {
  readonly name: string
  readonly points: readonly LabelledPoint[]
}

export interface PointsSetup {
  readonly columns: Columns
  readonly setup: PumpSetup
  /** null: the whole file is of the class `normal`. */
  readonly labelColumn: string | null
  /** Class of a healthy pump. */
  readonly normal: string
  /** null: no column tells the remaining useful life. */
  readonly rulColumn: string | null
  readonly cwd: string
}

/**
 * Reads one run, a CSV file, as the device would: the same columns, units, order and judge. Readings that the device
 * does not judge are left out, as it keeps them out of the features' history.
 */
export async function readRun(file: string, setup: PointsSetup): Promise<Run> {
  const truth = truthOf(file, setup)
  const judge = createJudge(setup.setup, null)
  const points: LabelledPoint[] = []
  for (const reading of await readingsOf(file, setup)) {
    const judgement = judge.judge(reading)
    if (judgement.reason !== null) continue
    const isWarned = judgement.status !== 'Normal'
    points.push({ point: featurePointOf(reading, judgement), isWarned, ...truth(reading.line) })
  }
  return { name: basename(file), points }
}

async function readingsOf(file: string, { columns, cwd }: PointsSetup): Promise<Reading[]> {
  const world = { watermarkMs: null, nowMs: Number.MAX_SAFE_INTEGER, buildTimeMs: 0, stdin: () => process.stdin }
  const readings: Reading[] = []
  const opened = openReadings(file, { columns, cwd, ...world })
  for await (const batch of opened.batches) readings.push(...batch)
  return readings
}

type Truth = Pick<LabelledPoint, 'label' | 'rulDays'>

/** What the truth columns say, by line of the file. */
function truthOf(file: string, { columns, labelColumn, normal, rulColumn, cwd }: PointsSetup): (line: number) => Truth {
  if (labelColumn === null && rulColumn === null) return () => ({ label: normal, rulDays: null })
  const { data } = papaparse.parse<string[]>(textOf(file, cwd), { delimiter: columns.delimiter ?? '' })
  const header = (data[0] ?? []).map((cell) => cell.trim())
  const label = labelColumn === null ? null : placeOf(labelColumn, header, file)
  const rul = rulColumn === null ? null : placeOf(rulColumn, header, file)
  return (line) => {
    const cells = data[line - 1] ?? []
    const days = rul === null ? '' : (cells[rul] ?? '').trim()
    return {
      label: label === null ? normal : (cells[label] ?? '').trim() || null,
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
