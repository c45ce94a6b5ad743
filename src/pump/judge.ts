import type { Reading } from '../readings/reading.ts'
import type { Baseline } from './baseline.ts'
import { waterDensity } from './density.ts'
import { type DutyPoint, deviationsFrom } from './deviation.ts'
import { hintFor } from './diagnosis.ts'
import { dutyPointOf } from './duty-point.ts'
import { literally } from './evidence.ts'
import { type Finding, type Lasting, NO_FINDINGS, NOT_LASTING } from './finding.ts'
import type { Grade } from './grade.ts'
import { createGradeJudge, type EvidenceStates } from './grade-judge.ts'
import type { Judgement } from './judgement.ts'
import { movesNothing, noFlowFinding } from './no-flow.ts'
import { operatingRegion } from './operating-region.ts'
import { type Deviations, PARAMETERS, type PerParameter } from './quantities.ts'
import { type Reference, referenceFor, speedRatio } from './reference.ts'
import { isKnownToRun, whyOff } from './running-gate.ts'
import { type SensorState, watchSensors } from './sensors.ts'
import { type JudgementSettings, type PumpSettings, ratedPowerKw } from './settings.ts'
import { statusOf, worse } from './severity.ts'
import type { Severity } from './status.ts'
import { type RecentVibration, watchVibration } from './vibration.ts'

/** Everything that judging a pump takes. */
export interface PumpSetup {
  readonly baseline: Baseline
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
  /** Readings in a row without flow. */
  readonly noFlow: number
  readonly region: Lasting
  readonly sensors: SensorState
  readonly vibration: RecentVibration
  readonly evidence: EvidenceStates
}

export interface Judge {
  /** Takes the next reading, in time order. */
  judge(reading: Reading): Judgement
  state(): JudgeState
}

/** Longest time that one reading stands for: a gap in the data is no evidence [ms]. Ours. */
const LONGEST_STEP_MS = 6 * 3_600_000

const NO_DEVIATIONS: PerParameter<null> = { flow: null, head: null, power: null, efficiency: null }
const NO_VIOLATIONS: Judgement['violations'] = {}

type Memory = Omit<JudgeState, 'version' | 'setup' | 'sensors' | 'evidence'>

const NO_MEMORY: Memory = {
  lastMs: null,
  running: null,
  startMs: null,
  noFlow: 0,
  region: NOT_LASTING,
  vibration: {},
}

/** Judges one pump's readings against its baseline and grade; pure but for what it remembers. */
export function createJudge(setup: PumpSetup, saved: JudgeState | null): Judge {
  const { baseline, pump } = setup
  const settings = setup.judgement.mode === 'strict' ? literally(setup.judgement) : setup.judgement
  const fingerprint = fingerprintOf(setup)
  const before = saved?.setup === fingerprint ? saved : null
  const grade = createGradeJudge(baseline, setup.grade, settings, before?.evidence ?? null)
  const duty = dutyOf(baseline)
  const ratedRpm = baseline.speed_rpm ?? pump.rated_speed_rpm
  const rated = { flowM3h: duty.flow, powerKw: duty.power, speedRpm: ratedRpm }
  const powerKw = ratedPowerKw(pump) ?? baseline.rated_power_kw ?? duty.power
  const sensors = watchSensors(baseline, rated, before?.sensors ?? null)
  const bounded = PARAMETERS.filter((parameter) => setup.grade.bounds[parameter] !== null)
  const memory: { -readonly [Key in keyof Memory]: Memory[Key] } = { ...NO_MEMORY, ...memoryOf(before) }

  function judge(reading: Reading): Judgement {
    const { timeMs } = reading
    const ms = memory.lastMs === null ? 0 : Math.max(0, Math.min(timeMs - memory.lastMs, LONGEST_STEP_MS))
    memory.lastMs = timeMs
    const liquid = liquidOf(reading, pump)
    const measured = dutyPointOf(reading, baseline, liquid)
    const off = whyOff(reading, settings.running, rated)
    if (off === null && memory.running === false) memory.startMs = timeMs
    memory.running = off === null
    if (off !== null) {
      memory.noFlow = 0
      return untold({ timeMs, measured, reference: duty }, 'Idle', off)
    }
    if (memory.startMs !== null && timeMs - memory.startMs < settings.startup_blanking_seconds * 1000) {
      return untold({ timeMs, measured, reference: duty }, 'Not judged', 'starting up')
    }
    const ratio = speedRatio(reading.quantities.speed, ratedRpm)
    const densityKgM3 = liquid.liquid_density_kg_m3
    const { trusted, findings } = sensors.judge(reading, { measured, ratio, densityKgM3 }, ms)
    const reference = referenceFor(baseline, ratio, trusted, densityKgM3, settings)
    const operation = watchOperation(reading, trusted, reference, ms)
    const vibration = watchVibration(memory.vibration, reading.channels, powerKw, settings.vibration)
    memory.vibration = vibration.recent
    const deviations = reference.reason === null ? deviationsFrom(trusted, reference.values) : NO_DEVIATIONS
    const noticed = joined(joined(operation, findings), vibration.findings)
    return byGrade(reading, ms, { measured, reference, deviations }, noticed)
  }

  function watchOperation(reading: Reading, trusted: DutyPoint, reference: Reference, ms: number): readonly Finding[] {
    const stands = movesNothing(trusted, duty.flow) && isKnownToRun(reading, settings.running, rated)
    memory.noFlow = stands ? memory.noFlow + 1 : 0
    const region = operatingRegion(memory.region, stands ? null : reference.share, ms, settings.operating_region)
    memory.region = region.lasting
    const noFlow = stands ? [noFlowFinding(trusted, duty, memory.noFlow)] : NO_FINDINGS
    return region.finding === null ? noFlow : [...noFlow, region.finding]
  }

  function byGrade(
    { timeMs, quantities }: Reading,
    ms: number,
    compared: { readonly measured: DutyPoint; readonly reference: Reference; readonly deviations: Deviations },
    findings: readonly Finding[],
  ): Judgement {
    const { measured, deviations } = compared
    const { values: reference, reason: untested } = compared.reference
    const noticed = findings.reduce<Severity>((most, { severity }) => worse(most, severity), 'Normal')
    if (!bounded.some((parameter) => deviations[parameter] !== null)) {
      const reason = untested ?? 'nothing measured that baseline and grade both have'
      const status = noticed === 'Normal' ? 'Not judged' : noticed
      return { timeMs, status, reason, measured, reference, deviations, violations: NO_VIOLATIONS, findings }
    }
    const { violations, confirmed } = grade.judge(deviations, { timeMs, ms })
    const status = worse(statusOf(confirmed, settings), noticed)
    const hint = confirmed.length === 0 ? null : hintFor({ deviations, violations }, baseline.kind, quantities.suction_pressure)
    const found = hint === null ? findings : [...findings, hint]
    return { timeMs, status, reason: null, measured, reference, deviations, violations, findings: found }
  }

  return {
    judge,
    state: () => {
      const { lastMs, running, startMs, noFlow, region, vibration } = memory
      const watched = { lastMs, running, startMs, noFlow, region, sensors: sensors.state(), vibration }
      return { version: 1, setup: fingerprint, ...watched, evidence: grade.state() }
    },
  }
}

/** Of a reading that is compared with nothing. */
function untold(
  about: Pick<Judgement, 'timeMs' | 'measured' | 'reference'>,
  status: 'Idle' | 'Not judged',
  reason: string,
): Judgement {
  const { timeMs, measured, reference } = about
  return {
    timeMs,
    status,
    reason,
    measured,
    reference,
    deviations: NO_DEVIATIONS,
    violations: NO_VIOLATIONS,
    findings: NO_FINDINGS,
  }
}

/** Both, in order. */
function joined(some: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  if (some.length === 0) return others
  return others.length === 0 ? some : [...some, ...others]
}

function memoryOf(state: JudgeState | null): Partial<Memory> {
  if (state === null) return {}
  const { lastMs, running, startMs, noFlow, region, vibration } = state
  return { lastMs, running, startMs, noFlow, region, vibration }
}

function dutyOf(baseline: Baseline): DutyPoint {
  return { flow: baseline.flow_m3h, head: baseline.head_m, power: baseline.power_kw, efficiency: baseline.efficiency_percent }
}

/** The pump with the density of its liquid now: water by its temperature where a channel tells it. */
function liquidOf(reading: Reading, pump: PumpSettings): PumpSettings {
  const channel = pump.liquid_temperature_channel
  const temperatureC = channel === null ? null : (reading.channels[channel] ?? null)
  const density = temperatureC === null ? null : waterDensity(temperatureC)
  return density === null ? pump : { ...pump, liquid_density_kg_m3: density }
}

/** Evidence is comparable as long as baseline, bounds and the shape of its windows stay what they were. */
function fingerprintOf({ baseline, grade, judgement, pump }: PumpSetup): string {
  const { mode, windows_hours: windows, noise } = judgement
  const curves = baseline.kind === 'curve' ? [baseline.head, baseline.power, baseline.efficiency] : null
  const { rated_speed_rpm, liquid_density_kg_m3, discharge_gauge_elevation_m, suction_gauge_elevation_m } = pump
  const gauges = [liquid_density_kg_m3, discharge_gauge_elevation_m, suction_gauge_elevation_m]
  const speed = baseline.speed_rpm ?? rated_speed_rpm
  return JSON.stringify([
    dutyOf(baseline),
    curves,
    baseline.head_definition,
    baseline.noise,
    speed,
    gauges,
    grade.bounds,
    mode,
    windows,
    noise,
  ])
}
