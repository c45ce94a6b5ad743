import type { Reading } from '../readings/reading.ts'
import type { Baseline } from './baseline.ts'
import type { DutyPoint } from './deviation.ts'
import { efficiency } from './efficiency.ts'
import { type Finding, type Lasting, NO_FINDINGS, NOT_LASTING, prolonged } from './finding.ts'
import { type FlatLines, type Metered, watchFlatLines } from './flat-line.ts'
import { impossibleValues } from './physical-range.ts'
import { suspectValue } from './plausibility.ts'
import type { Quantity } from './quantities.ts'
import { deadMeter, type RatedValues } from './running-gate.ts'

/** What the watch over the sensors remembers. JSON. */
export interface SensorState {
  readonly lasting: Readonly<Record<string, Lasting>>
  readonly flat: FlatLines
}

export interface SensorVerdict {
  readonly findings: readonly Finding[]
  /** The duty point without what cannot be true. */
  readonly trusted: DutyPoint
}

export interface SensorWatch {
  /** Takes the next reading of the running pump and the running time that it stands for [ms]. */
  judge(reading: Reading, duty: SensorDuty, ms: number): SensorVerdict
  state(): SensorState
}

/** What the sensors are judged by. */
interface SensorDuty {
  readonly measured: DutyPoint
  /** Speed over the speed of the baseline [1]. */
  readonly ratio: number
  readonly densityKgM3: number
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

const NOTHING_LASTS: SensorState['lasting'] = {}

/**
 * Sensor problems of a running pump, each named as what it is and kept out of the judgement of the pump: values
 * outside the physical range, values that the others contradict by the curves, flat lines, and an efficiency column
 * that is another efficiency than ρ·g·Q·H/P (wire against shaft power). Source: ours.
 */
export function watchSensors(baseline: Baseline, rated: RatedValues, saved: SensorState | null): SensorWatch {
  const flat = watchFlatLines(saved?.flat ?? {})
  let lasting = saved?.lasting ?? NOTHING_LASTS

  function judge(reading: Reading, duty: SensorDuty, ms: number): SensorVerdict {
    const problems = problemsOf(reading, duty, flat.push(duty.measured, ms))
    if (problems.length === 0) {
      lasting = NOTHING_LASTS
      return { findings: NO_FINDINGS, trusted: duty.measured }
    }
    const before = lasting
    lasting = Object.fromEntries(problems.map(({ key }) => [key, prolonged(before[key] ?? NOT_LASTING, true, ms)]))
    const findings = problems.map(({ key, subject, text, matters }): Finding => {
      const lasts = matters && (lasting[key]?.ms ?? 0) >= WARNING_AFTER_MS
      return { kind: 'sensor', subject, severity: lasts ? 'Warning' : 'Normal', text, source: 'ours' }
    })
    return { findings, trusted: withoutSpoilt(duty.measured, problems) }
  }

  function problemsOf(reading: Reading, { measured, ratio, densityKgM3 }: SensorDuty, still: readonly Metered[]): Problem[] {
    const suspect = baseline.kind === 'curve' ? suspectValue(baseline, ratio, measured, densityKgM3) : null
    const problems: Problem[] = []
    for (const found of impossibleValues(reading, measured, densityKgM3)) {
      // A value that is known to be wrong explains an impossible efficiency.
      if (found.subject === 'efficiency' && suspect !== null) continue
      problems.push({ ...found, key: `range ${found.subject}`, matters: true })
    }
    const dead = suspect === null ? deadMeter(reading, rated) : null
    if (dead !== null) {
      problems.push({ ...dead, key: `dead ${dead.subject}`, spoils: dead.subject === 'power' ? 'power' : null, matters: true })
    }
    if (suspect !== null) problems.push({ ...suspect, key: `suspect ${suspect.subject}`, spoils: suspect.subject, matters: true })
    for (const subject of still) {
      const text = `${subject} has not moved from ${measured[subject]?.toFixed(2)} for ${hours(flat.stillMs(subject))} while other values did`
      problems.push({ key: `flat ${subject}`, subject, text, spoils: null, matters: true })
    }
    const other = otherEfficiency(reading, measured, densityKgM3)
    if (other !== null) problems.push(other)
    return problems
  }

  return { judge, state: () => ({ lasting, flat: flat.state() }) }
}

function withoutSpoilt({ flow, head, power, efficiency }: DutyPoint, problems: readonly Problem[]): DutyPoint {
  const spoilt = new Set(problems.map(({ spoils }) => spoils))
  const spoilsDerived = spoilt.has('flow') || spoilt.has('head') || spoilt.has('power')
  return {
    flow: spoilt.has('flow') ? null : flow,
    head: spoilt.has('head') ? null : head,
    power: spoilt.has('power') ? null : power,
    efficiency: spoilt.has('efficiency') || spoilsDerived ? null : efficiency,
  }
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
