import type { Reading } from '../readings/reading.ts'
import type { PointBaseline } from './baseline.ts'
import { type DutyPoint, deviationsFrom } from './deviation.ts'
import { dutyPointOf } from './duty-point.ts'
import { createEvidence, type Evidence, type EvidenceState, literally } from './evidence.ts'
import type { Grade } from './grade.ts'
import type { Judgement, Violation } from './judgement.ts'
import { PARAMETERS, type Parameter, type PerParameter } from './quantities.ts'
import { type RatedValues, whyOff } from './running-gate.ts'
import type { JudgementSettings, PumpSettings } from './settings.ts'
import { type Confirmed, statusOf } from './severity.ts'
import type { Bounds } from './tolerances.ts'
import { severityScale, violatedSide } from './violations.ts'

/** Everything that judging a pump takes. */
export interface PumpSetup {
  readonly baseline: PointBaseline
  readonly grade: Grade
  readonly pump: PumpSettings
  readonly judgement: JudgementSettings
}

/** What judging remembers from one reading to the next. JSON; continuing from it equals never having stopped. */
export interface JudgeState {
  readonly version: 1
  /** What the evidence was gathered under; under another setup it is forgotten. */
  readonly setup: string
  readonly lastMs: number | null
  readonly running: boolean | null
  /** Event time of the last start; null when none was seen. */
  readonly startMs: number | null
  readonly evidence: Readonly<Partial<Record<Parameter, EvidenceState>>>
}

export interface Judge {
  /** Takes the next reading, in time order. */
  judge(reading: Reading): Judgement
  state(): JudgeState
}

/** Longest time that one reading stands for: a gap in the data is no evidence [ms]. Ours. */
const LONGEST_STEP_MS = 6 * 3_600_000

const NO_DEVIATIONS: PerParameter<null> = { flow: null, head: null, power: null, efficiency: null }

/** Judges one pump's readings against its baseline and grade; pure but for what it remembers. */
export function createJudge(setup: PumpSetup, saved: JudgeState | null): Judge {
  const { baseline, grade, pump } = setup
  const settings = setup.judgement.mode === 'strict' ? literally(setup.judgement) : setup.judgement
  const fingerprint = fingerprintOf(setup)
  const before = saved?.setup === fingerprint ? saved : null
  const reference = dutyOf(baseline)
  const rated: RatedValues = { flowM3h: baseline.flow_m3h, powerKw: baseline.power_kw, speedRpm: pump.rated_speed_rpm }
  const judged = judgedParameters(setup, reference).map(({ parameter, bounds }) => ({
    parameter,
    bounds,
    scale: severityScale(bounds, grade.bounds.head),
    evidence: createEvidence(bounds, settings.noise[parameter], settings, before?.evidence[parameter] ?? null),
  }))
  let lastMs = before?.lastMs ?? null
  let running = before?.running ?? null
  let startMs = before?.startMs ?? null

  function whyNotJudged(reading: Reading): string | null {
    const { speed } = reading.quantities
    const ratedRpm = pump.rated_speed_rpm
    if (startMs !== null && reading.timeMs - startMs < settings.startup_blanking_seconds * 1000) return 'starting up'
    if (speed !== null && ratedRpm !== null) {
      const off = ((speed - ratedRpm) / ratedRpm) * 100
      if (Math.abs(off) > settings.speed_tolerance_percent) {
        return `speed is ${Math.round(Math.abs(off) * 10) / 10} % ${off < 0 ? 'below' : 'above'} rated, and the baseline is a single point`
      }
    }
    return null
  }

  function judge(reading: Reading): Judgement {
    const ms = lastMs === null ? 0 : Math.max(0, Math.min(reading.timeMs - lastMs, LONGEST_STEP_MS))
    lastMs = reading.timeMs
    const measured = dutyPointOf(reading, baseline, pump)
    const off = whyOff(reading, settings.running, rated)
    if (off === null && running === false) startMs = reading.timeMs
    running = off === null
    if (off !== null) return notJudged(reading, 'Idle', off, { measured, reference })
    const reason = whyNotJudged(reading)
    if (reason !== null) return notJudged(reading, 'Not judged', reason, { measured, reference })
    const deviations = deviationsFrom(measured, reference)
    const present = judged.filter(({ parameter }) => deviations[parameter] !== null)
    if (present.length === 0)
      return notJudged(reading, 'Not judged', 'nothing measured that baseline and grade both have', { measured, reference })

    const violations: Partial<Record<Parameter, Violation>> = {}
    for (const { parameter, bounds, scale, evidence } of present) {
      const deviation = deviations[parameter] as number
      evidence.judge({ timeMs: reading.timeMs, value: deviation, ms })
      const violation = violationOf(deviation, bounds, scale, evidence)
      if (violation !== null) violations[parameter] = violation
    }
    const status = statusOf(judged.flatMap(confirmedOf), settings)
    return { timeMs: reading.timeMs, status, reason: null, measured, reference, deviations, violations }
  }

  return {
    judge,
    state: () => ({
      version: 1,
      setup: fingerprint,
      lastMs,
      running,
      startMs,
      evidence: Object.fromEntries(judged.map(({ parameter, evidence }) => [parameter, evidence.state()])),
    }),
  }
}

interface JudgedParameter {
  readonly bounds: Bounds
  readonly scale: number
  readonly evidence: Evidence
}

/** A parameter that this reading lacks keeps what was confirmed of it. */
function confirmedOf({ bounds, scale, evidence }: JudgedParameter): Confirmed[] {
  const { confirmed, evidence: points, confirmedMs } = evidence.finding()
  return confirmed === null ? [] : [{ mandatory: bounds.mandatory, severity: 1 + points / scale, confirmedMs }]
}

function violationOf(deviation: number, bounds: Bounds, scale: number, evidence: Evidence): Violation | null {
  const { confirmed, evidence: points } = evidence.finding()
  const side = confirmed ?? violatedSide(deviation, bounds)
  const threshold = side === null ? null : bounds[side]
  if (side === null || threshold === null) return null
  const severity = confirmed === null ? null : 1 + points / scale
  return { deviation, threshold, threshold_type: side, mandatory: bounds.mandatory, confirmed: confirmed !== null, severity }
}

function judgedParameters({ grade }: PumpSetup, reference: DutyPoint): { parameter: Parameter; bounds: Bounds }[] {
  return PARAMETERS.flatMap((parameter) => {
    const bounds = grade.bounds[parameter]
    return bounds === null || reference[parameter] === null ? [] : [{ parameter, bounds }]
  })
}

function dutyOf(baseline: PointBaseline): DutyPoint {
  return { flow: baseline.flow_m3h, head: baseline.head_m, power: baseline.power_kw, efficiency: baseline.efficiency_percent }
}

function notJudged(
  reading: Reading,
  status: 'Idle' | 'Not judged',
  reason: string,
  points: Pick<Judgement, 'measured' | 'reference'>,
): Judgement {
  return { timeMs: reading.timeMs, status, reason, ...points, deviations: NO_DEVIATIONS, violations: {} }
}

/** Evidence is comparable as long as baseline, bounds and the shape of its windows stay what they were. */
function fingerprintOf({ baseline, grade, judgement }: PumpSetup): string {
  const { mode, windows_hours: windows, noise } = judgement
  return JSON.stringify([dutyOf(baseline), baseline.head_definition, grade.bounds, mode, windows, noise])
}
