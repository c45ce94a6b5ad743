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
print(`alarms per pump-month (curve: ${GRADES.join(', ')}; point: 2B), and pump-months simulated`)
let alarms = 0
let months = 0
for (const stepMinutes of [60, 1]) {
  const count = Number(stepMinutes === 60 ? values.months : values['minute-months'])
  for (const [name, life] of LIVES) {
    const rateOf = (category: string, baseline: typeof CURVE_BASELINE | PointBaseline): number => {
      const setup = setupWith({ category, baseline })
      let found = 0
      for (let seed = 1; seed <= count; seed++)
        found += alarmsOf(setup, PUMP, { ...life, stepMinutes }, 1000 * seed + stepMinutes)
      if (category === '2B' && baseline.kind === 'curve') {
        alarms += found
        months += count
      }
      return found / count
    }
    const curve = GRADES.map((grade) => rateOf(grade, CURVE_BASELINE).toFixed(3).padStart(7))
    const point = rateOf('2B', POINT).toFixed(2).padStart(7)
    print(`${stepMinutes === 60 ? 'hourly ' : '1 min. '} ${name.padEnd(34)} ${curve.join(' ')}  point ${point}  (${count})`)
  }
}
print(`grade 2B with a curve: ${alarms} alarms in ${months} pump-months`)

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
