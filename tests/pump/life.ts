import type { PumpSetup } from '../../src/pump/judge.ts'
import { createJudge } from '../../src/pump/judge.ts'
import type { Judgement } from '../../src/pump/judgement.ts'
import { readingAt, START_MS } from './a-pump.ts'
import { autocorrelated, uniform } from './noise.ts'

/** A pump as it is, at the speed of its test. */
export interface TruePump {
  readonly bestFlowM3h: number
  readonly speedRpm: number
  readonly headOf: (flowM3h: number) => number
  readonly powerOf: (flowM3h: number) => number
}

/** How a pump lives and how it is measured. */
export interface Life {
  readonly days: number
  readonly stepMinutes: number
  /** Of every quantity [%], and how neighbours correlate. */
  readonly noise: { readonly percent: number; readonly phi: number }
  /** Amplitude of a daily cycle of every quantity [%]. */
  readonly cyclePercent: number
  /** Step of the flow meter, of best-efficiency flow [%]; 0: none. */
  readonly quantumPercent: number
  /** Probability that one quantity of a reading reads zero. */
  readonly dropouts: number
  /** Valve and drive, changed every 2 to 22 hours: flow over best-efficiency flow, speed over that of the test. */
  readonly share: { readonly min: number; readonly max: number }
  readonly speed: { readonly min: number; readonly max: number }
  /** Share of the head that is lost on a day. */
  readonly headLoss: (day: number) => number
}

export const STEADY: Life = {
  days: 30,
  stepMinutes: 60,
  noise: { percent: 1, phi: 0 },
  cyclePercent: 0,
  quantumPercent: 0,
  dropouts: 0,
  share: { min: 1, max: 1 },
  speed: { min: 1, max: 1 },
  headLoss: () => 0,
}

/** Valve between 60 % and 115 % of duty flow, speed between 70 % and 100 %. */
export const VARIED = { share: { min: 0.6, max: 1.15 }, speed: { min: 0.7, max: 1 } } as const

/** Judges a life of readings, all from one seed; calls back with each judgement and its day. */
export function live(
  setup: PumpSetup,
  pump: TruePump,
  life: Life,
  seed: number,
  each: (judged: Judgement, day: number) => void,
): void {
  const random = uniform(seed)
  const { percent, phi } = life.noise
  const noises = {
    flow: autocorrelated(random, percent, phi),
    head: autocorrelated(random, percent, phi),
    power: autocorrelated(random, percent, phi),
  }
  const between = ({ min, max }: { min: number; max: number }): number => min + (max - min) * random()
  const quantum = (life.quantumPercent / 100) * pump.bestFlowM3h
  const judge = createJudge(setup, null)
  let [share, ratio, holdMinutes] = [between(life.share), between(life.speed), 0]
  for (let minute = 0; minute < life.days * 1440; minute += life.stepMinutes) {
    if (holdMinutes <= 0) [share, ratio, holdMinutes] = [between(life.share), between(life.speed), 60 * (2 + 20 * random())]
    holdMinutes -= life.stepMinutes
    const day = minute / 1440
    const cycle = 1 + (life.cyclePercent / 100) * Math.sin(2 * Math.PI * day)
    const noisy = (value: number, quantity: 'flow' | 'head' | 'power'): number => value * cycle * (1 + noises[quantity]() / 100)
    const flow0 = pump.bestFlowM3h * share
    const values = {
      flow: noisy(flow0 * ratio, 'flow'),
      head: noisy(pump.headOf(flow0) * (1 - life.headLoss(day)) * ratio ** 2, 'head'),
      power: noisy(pump.powerOf(flow0) * ratio ** 3, 'power'),
    }
    if (quantum > 0) values.flow = Math.round(values.flow / quantum) * quantum
    if (random() < life.dropouts) values[(['flow', 'head', 'power'] as const)[Math.floor(3 * random())] ?? 'flow'] = 0
    each(judge.judge(readingAt(START_MS + minute * 60_000, { ...values, speed: pump.speedRpm * ratio })), day)
  }
}

/** The status as far as the pump itself is concerned: operating region and sensors apart. */
export function isAlarm(judged: Judgement): boolean {
  return (
    Object.values(judged.violations).some(({ confirmed }) => confirmed) ||
    judged.findings.some(({ kind, severity }) => kind === 'operation' && severity !== 'Normal')
  )
}

/** Changes from no alarm to alarm over a life, and the share of judged readings with one. */
export function alarmsOf(
  setup: PumpSetup,
  pump: TruePump,
  life: Life,
  seed: number,
): { readonly changes: number; readonly share: number } {
  let [changes, judgedReadings, inAlarm, before] = [0, 0, 0, false]
  live(setup, pump, life, seed, (judged) => {
    if (judged.status === 'Not judged' || judged.status === 'Idle') return
    const now = isAlarm(judged)
    if (now && !before) changes += 1
    before = now
    judgedReadings += 1
    if (now) inAlarm += 1
  })
  return { changes, share: inAlarm / judgedReadings }
}

/** Day and true head loss at which head is first confirmed; null when it never is. */
export function confirmedAt(
  setup: PumpSetup,
  pump: TruePump,
  life: Life,
  seed: number,
): { readonly day: number; readonly lossPercent: number } | null {
  let found: { day: number; lossPercent: number } | null = null
  live(setup, pump, life, seed, (judged, day) => {
    if (found === null && judged.violations.head?.confirmed === true) found = { day, lossPercent: 100 * life.headLoss(day) }
  })
  return found
}
