/**
 * False alarms and detection of the judgement on simulated pumps: `node tests/bench/judgement.ts [--months 100]
 * [--minute-months 10] [--runs 50]`.
 *
 * Healthy pumps: 30 days from a cold start, valve between 60 and 115 % of duty flow, speed between 70 and 100 %, noise
 * white or autocorrelated, a daily cycle, a quantised flow meter, dropouts of 1 in 10,000. An alarm is a change to
 * Warning or worse; operating region and sensor findings apart. Worn pumps: 15 % of head lost in 90 days. Everything
 * from fixed seeds. Ends 1 when grade 2B with a curve has more than 1 alarm in 100 pump-months, or wear is seen late.
 */
import { parseArgs } from 'node:util'
import type { PointBaseline } from '../../src/pump/baseline.ts'
import { BASELINE, setupWith } from '../pump/a-pump.ts'
import { CURVE_BASELINE, pumpOf } from '../pump/curves.ts'
import { alarmsOf, confirmedAt, type Life, STEADY, VARIED } from '../pump/life.ts'

const { values } = parseArgs({
  options: {
    months: { type: 'string', default: '100' },
    'minute-months': { type: 'string', default: '10' },
    runs: { type: 'string', default: '50' },
  },
})
const print = (line: string): void => void process.stdout.write(`${line}\n`)

const POINT: PointBaseline = {
  ...BASELINE,
  flow_m3h: CURVE_BASELINE.flow_m3h,
  head_m: CURVE_BASELINE.head_m,
  power_kw: CURVE_BASELINE.power_kw,
  efficiency_percent: CURVE_BASELINE.efficiency_percent,
  stated_efficiency_percent: null,
  speed_rpm: CURVE_BASELINE.speed_rpm,
}
const PUMP = pumpOf(CURVE_BASELINE)
const FIELD: Life = { ...STEADY, ...VARIED, dropouts: 1e-4 }

const LIVES: readonly (readonly [name: string, life: Life])[] = [
  ['white 1 %', FIELD],
  ['white 2 %', { ...FIELD, noise: { percent: 2, phi: 0 } }],
  ['autocorrelated (0.9) 1 %', { ...FIELD, noise: { percent: 1, phi: 0.9 } }],
  ['autocorrelated (0.9) 2 %', { ...FIELD, noise: { percent: 2, phi: 0.9 } }],
  ['white 2 %, daily cycle ±2 %', { ...FIELD, noise: { percent: 2, phi: 0 }, cyclePercent: 2 }],
  ['white 1 %, flow in steps of 2 %', { ...FIELD, quantumPercent: 2 }],
  ['all of it', { ...FIELD, noise: { percent: 2, phi: 0.9 }, cyclePercent: 2, quantumPercent: 2 }],
]

const GRADES = ['2B', '1B', '1U'] as const
print(`alarms per pump-month (curve: ${GRADES.join(', ')}), share of readings in alarm (point: 2B), pump-months simulated`)
let alarms = 0
let months = 0
for (const stepMinutes of [60, 1]) {
  const count = Number(stepMinutes === 60 ? values.months : values['minute-months'])
  for (const [name, life] of LIVES) {
    const simulated = (category: string, baseline: typeof CURVE_BASELINE | PointBaseline) => {
      const setup = setupWith({ category, baseline })
      const seeds = Array.from({ length: count }, (_, index) => 1000 * (index + 1) + stepMinutes)
      return seeds.map((seed) => alarmsOf(setup, PUMP, { ...life, stepMinutes }, seed))
    }
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count
    const curve = GRADES.map((grade) => {
      const rate = mean(simulated(grade, CURVE_BASELINE).map(({ changes }) => changes))
      if (grade === '2B') {
        alarms += rate * count
        months += count
      }
      return rate.toFixed(3).padStart(7)
    })
    const point = `${(100 * mean(simulated('2B', POINT).map(({ share }) => share))).toFixed(1)} %`.padStart(7)
    print(`${stepMinutes === 60 ? 'hourly ' : '1 min. '} ${name.padEnd(34)} ${curve.join(' ')}  point ${point}  (${count})`)
  }
}
print(`grade 2B with a curve: ${Math.round(alarms)} alarms in ${months} pump-months`)

// A steady pump against its own duty point: noise as the rule was first tried on.
const HELD: readonly (readonly [name: string, life: Life])[] = [
  ['hourly, white 2 %', { ...STEADY, noise: { percent: 2, phi: 0 } }],
  ['hourly, autocorrelated (0.5) 2 %', { ...STEADY, noise: { percent: 2, phi: 0.5 } }],
  ['hourly, autocorrelated (0.9) 2 %', { ...STEADY, noise: { percent: 2, phi: 0.9 } }],
  ['hourly, white 2 %, daily cycle ±2 %', { ...STEADY, noise: { percent: 2, phi: 0 }, cyclePercent: 2 }],
  ['1 min., autocorrelated (0.9) 2 %', { ...STEADY, stepMinutes: 1, noise: { percent: 2, phi: 0.9 } }],
  ['1 min., autocorrelated (0.99) 2 %', { ...STEADY, stepMinutes: 1, noise: { percent: 2, phi: 0.99 } }],
]
print(
  `steady pump, point baseline: alarms per pump-month (${GRADES.join(', ')}); 2B: hours to confirm a step of head of 8 and of 4 beyond the bound, half and most`,
)
for (const [name, life] of HELD) {
  const count = Number(life.stepMinutes === 60 ? values.months : values['minute-months'])
  const rates = GRADES.map((category) => {
    const setup = setupWith({ category, baseline: POINT })
    let changes = 0
    for (let seed = 1; seed <= count; seed++) changes += alarmsOf(setup, PUMP, life, seed).changes
    return (changes / count).toFixed(3).padStart(7)
  })
  const hoursOf = (loss: number): string => {
    const stepped: Life = { ...life, days: 13, headLoss: (day) => (day < 10 ? 0 : loss) }
    const setup = setupWith({ category: '2B', baseline: POINT })
    const runs = life.stepMinutes === 60 ? 40 : 8
    const hours = Array.from({ length: runs }, (_, run) => confirmedAt(setup, PUMP, stepped, run + 1))
      .map((found) => (found === null ? Number.POSITIVE_INFINITY : Math.max(0, found.day - 10) * 24))
      .sort((x, y) => x - y)
    return [0.5, 1].map((share) => (hours[Math.round(share * (runs - 1))] ?? Number.NaN).toFixed(1).padStart(8)).join('')
  }
  print(`${name.padEnd(42)} ${rates.join(' ')}   8: ${hoursOf(0.13)}   4: ${hoursOf(0.09)}`)
}

const wear: Life = { ...FIELD, dropouts: 0, days: 90, headLoss: (day) => (0.15 * day) / 90 }
const beyond = Array.from({ length: Number(values.runs) }, (_, run) => {
  const found = confirmedAt(setupWith({ category: '2B', baseline: CURVE_BASELINE }), PUMP, wear, run + 1)
  return found === null ? Number.POSITIVE_INFINITY : found.lossPercent - 5 - 2
}).sort((a, b) => a - b)
const quantile = (share: number): string => (beyond[Math.round(share * (beyond.length - 1))] ?? Number.NaN).toFixed(2)
print('wear of 15 % in 90 days, white noise of 1 %, hourly, 2B: confirmed at bound + guard + … points of head')
print(
  `  least ${quantile(0)}, quarter ${quantile(0.25)}, half ${quantile(0.5)}, three quarters ${quantile(0.75)}, most ${quantile(1)}`,
)

process.exitCode = alarms > months / 100 || !(Number(quantile(1)) <= 2) ? 1 : 0
