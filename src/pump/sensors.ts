import type { Reading } from '../readings/reading.ts'
import type { Baseline } from './baseline.ts'
import type { DutyPoint } from './deviation.ts'
import { efficiency } from './efficiency.ts'
import { type Finding, type Lasting, NOT_LASTING, prolonged } from './finding.ts'
import { type FlatLines, flatLines } from './flat-line.ts'
import { impossibleValues } from './physical-range.ts'
import { suspectValue } from './plausibility.ts'
import type { Quantity } from './quantities.ts'
import { deadMeters, type RatedValues } from './running-gate.ts'

/** What the watch over the sensors remembers. JSON. */
export interface SensorState {
  readonly lasting: Readonly<Record<string, Lasting>>
  readonly flat: FlatLines
}

export const NO_SENSOR_STATE: SensorState = { lasting: {}, flat: {} }

export interface SensorVerdict {
  readonly findings: readonly Finding[]
  /** The duty point without what cannot be true. */
  readonly trusted: DutyPoint
  readonly state: SensorState
}

/** A sensor problem that lasts this long is a Warning; until then it is only noted [ms]. Ours. */
const WARNING_AFTER_MS = 3_600_000
/** An efficiency column further from the derived one than this is another efficiency [1]. Ours. */
const OTHER_EFFICIENCY = 0.05

interface Problem {
  readonly key: string
  readonly subject: Quantity
  readonly text: string
  readonly spoils: 'flow' | 'head' | 'power' | 'efficiency' | null
  /** Whether it becomes a Warning when it lasts. */
  readonly matters: boolean
}

/**
 * Sensor problems of a running pump, each named as what it is and kept out of the judgement of the pump: values
 * outside the physical range, values that the others contradict by the curves, flat lines, and an efficiency column
 * that is another efficiency than ρ·g·Q·H/P (wire against shaft power). Source: ours.
 */
export function watchSensors(
  before: SensorState,
  reading: Reading,
  duty: {
    readonly measured: DutyPoint
    readonly baseline: Baseline
    readonly rated: RatedValues
    readonly ratio: number
    readonly densityKgM3: number
  },
  ms: number,
): SensorVerdict {
  const { measured, baseline, rated, ratio, densityKgM3 } = duty
  const suspect = baseline.kind === 'curve' ? suspectValue(baseline, ratio, measured, densityKgM3) : null
  const problems: Problem[] = impossibleValues(reading, measured, densityKgM3)
    // A value that is known to be wrong explains an impossible efficiency.
    .filter(({ subject }) => subject !== 'efficiency' || suspect === null)
    .map((found) => ({ ...found, key: `range ${found.subject}`, matters: true }))
  for (const { subject, text } of suspect === null ? deadMeters(reading, rated) : []) {
    problems.push({ key: `dead ${subject}`, subject, text, spoils: subject === 'power' ? 'power' : null, matters: true })
  }
  if (suspect !== null) problems.push({ ...suspect, key: `suspect ${suspect.subject}`, spoils: suspect.subject, matters: true })
  const { state: flat, flat: still } = flatLines(before.flat, measured, ms)
  for (const subject of still) {
    const text = `${subject} has not moved from ${measured[subject]?.toFixed(2)} for ${hours(flat[subject]?.ms ?? 0)} while other values did`
    problems.push({ key: `flat ${subject}`, subject, text, spoils: null, matters: true })
  }
  const other = otherEfficiency(reading, measured, densityKgM3)
  if (other !== null) problems.push(other)

  const lasting = Object.fromEntries(problems.map(({ key }) => [key, prolonged(before.lasting[key] ?? NOT_LASTING, true, ms)]))
  const spoilt = new Set(problems.map(({ spoils }) => spoils))
  const spoilsDerived = spoilt.has('flow') || spoilt.has('head') || spoilt.has('power')
  const trusted: DutyPoint = {
    flow: spoilt.has('flow') ? null : measured.flow,
    head: spoilt.has('head') ? null : measured.head,
    power: spoilt.has('power') ? null : measured.power,
    efficiency: spoilt.has('efficiency') || spoilsDerived ? null : measured.efficiency,
  }
  const findings = problems.map(({ key, subject, text, matters }): Finding => {
    const lasts = matters && (lasting[key]?.ms ?? 0) >= WARNING_AFTER_MS
    return { kind: 'sensor', subject, severity: lasts ? 'Warning' : 'Normal', text, source: 'ours' }
  })
  return { findings, trusted, state: { lasting, flat } }
}

function otherEfficiency(reading: Reading, { flow, head, power }: DutyPoint, densityKgM3: number): Problem | null {
  const stated = reading.quantities.efficiency
  if (stated === null || flow === null || head === null || power === null) return null
  const derived = efficiency({ flowM3h: flow, headM: head, powerKw: power }, densityKgM3)
  if (derived === null || derived <= 0 || Math.abs(stated / derived - 1) <= OTHER_EFFICIENCY) return null
  const text =
    `efficiency reads ${stated.toFixed(1)} %, and flow, head and power give ${derived.toFixed(1)} %: ` +
    (stated > derived
      ? 'power may be that of the wire, and the efficiency that of the pump'
      : 'one of them is not what its column says')
  return { key: 'other efficiency', subject: 'efficiency', text, spoils: null, matters: false }
}

function hours(ms: number): string {
  return `${Math.round(ms / 3_600_000)} h`
}
