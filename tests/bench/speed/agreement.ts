import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { BatchName } from './batches.ts'
import { OURS, PYTHON_FOREST } from './names.ts'
import { ran } from './ran.ts'
import type { Workshop } from './workshop.ts'

interface Judged {
  readonly timestamp: string
  readonly status: string
  readonly deviations: Readonly<Record<string, number | null>>
  readonly violations: Readonly<Record<string, { readonly threshold: number; readonly severity: number }>>
  readonly prediction: { readonly class: string; readonly probabilities: Readonly<Record<string, number>> } | null
}

/** How far the two programs are from each other on one batch. */
export interface Agreement {
  readonly rows: number
  readonly statuses: Readonly<Record<string, number>>
  readonly largest_probability_difference: number
  readonly largest_deviation_difference: number
}

/** ONNX Runtime adds the trees in float32, scikit-learn in float64. */
const PROBABILITY = 1e-5
const DEVIATION = 1e-9

/**
 * Shows that both programs do the same work: times, deviations, violations, statuses, classes and probabilities, the
 * executable judging by the letter (`judgement.mode: strict`), as the script does. Throws where they differ.
 */
export function checkAgreement(workshop: Workshop, batch: BatchName): Agreement {
  const { folder, pump } = workshop
  const python = workshop.python(PYTHON_FOREST, batch, true)
  if (python?.results === undefined) throw new Error('there is no Python peer to agree with')
  const overlay = join(folder, 'strict.json')
  writeFileSync(overlay, '{"judgement": {"mode": "strict"}}')
  const output = join(folder, 'strict-results.json')
  const state = join(folder, 'state-strict')
  ran(pump.withForest, [workshop.batch(batch), output, '--state-dir', state, '--config', overlay, '--reprocess'])
  const [file = '', ...args] = python.command
  ran(file, args)
  const [ours, theirs] = [output, python.results].map((path) => JSON.parse(readFileSync(path, 'utf8')) as Judged[])
  if (ours === undefined || theirs === undefined || ours.length !== theirs.length)
    throw new Error(`${OURS} judged ${ours?.length} rows, ${PYTHON_FOREST} ${theirs?.length}`)
  const statuses: Record<string, number> = {}
  let probability = 0
  let deviation = 0
  for (const [index, own] of ours.entries()) {
    const other = theirs[index] as Judged
    statuses[own.status] = (statuses[own.status] ?? 0) + 1
    const same = (what: string, a: unknown, b: unknown) => {
      if (a !== b) throw new Error(`row ${index + 1}, ${what}: ${OURS} says ${a}, ${PYTHON_FOREST} says ${b}`)
    }
    same('timestamp', own.timestamp, other.timestamp)
    same('status', own.status, other.status)
    same('violations', Object.keys(own.violations).join(), Object.keys(other.violations).join())
    same('class', own.prediction?.class, other.prediction?.class)
    probability = Math.max(probability, distance(own.prediction?.probabilities, other.prediction?.probabilities))
    deviation = Math.max(deviation, distance(own.deviations, other.deviations))
  }
  if (probability > PROBABILITY) throw new Error(`probabilities differ by ${probability}`)
  if (deviation > DEVIATION) throw new Error(`deviations differ by ${deviation}`)
  return {
    rows: ours.length,
    statuses,
    largest_probability_difference: probability,
    largest_deviation_difference: deviation,
  }
}

function distance(a: Readonly<Record<string, number | null>> = {}, b: Readonly<Record<string, number | null>> = {}): number {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return Math.max(0, ...[...names].map((name) => Math.abs((a[name] ?? Number.NaN) - (b[name] ?? Number.NaN))))
}
