import { expect, test } from 'vitest'
import { headAt, powerAt } from '../../src/pump/curve.ts'
import { createJudge, type PumpSetup } from '../../src/pump/judge.ts'
import type { Judgement } from '../../src/pump/judgement.ts'
import type { Quantity } from '../../src/pump/quantities.ts'
import { DUTY, HOUR_MS, readingAt, START_MS, setupWith } from './a-pump.ts'
import { CURVE_BASELINE } from './curves.ts'
import { normal, uniform } from './noise.ts'

type Values = Partial<Record<Quantity, number | null>>

const SETUP = setupWith({ category: '2B', baseline: CURVE_BASELINE })

function hourly(setup: PumpSetup, values: readonly Values[], channels: readonly Record<string, number>[] = []): Judgement[] {
  const judge = createJudge(setup, null)
  return values.map((quantities, hour) => judge.judge(readingAt(START_MS + hour * HOUR_MS, quantities, channels[hour])))
}

function onCurve(flow: number): { flow: number; head: number; power: number; speed: number } {
  return { flow, head: headAt(CURVE_BASELINE, flow), power: powerAt(CURVE_BASELINE, flow) ?? 0, speed: 1500 }
}

const repeat = <T>(count: number, value: T): T[] => Array.from({ length: count }, () => value)
const textsOf = (judged: Judgement | undefined): string[] => judged?.findings.map(({ text }) => text) ?? []

test('a pump that runs against a closed valve fails from the second reading on, although its curve has a head without flow', () => {
  const judged = hourly(SETUP, repeat(3, onCurve(0)))
  expect(judged.map(({ status }) => status)).toEqual(['Warning', 'Failure', 'Failure'])
  expect(textsOf(judged[0])[0]).toMatch(/runs without flow .* as against a closed valve/)
})

test('a dry run is told from a closed valve by its head', () => {
  const judged = hourly(SETUP, repeat(2, { flow: 0, head: 0.5, power: 5, speed: 1500 }))
  expect(judged[1]?.status).toBe('Failure')
  expect(textsOf(judged[1])[0]).toMatch(/as in a dry run/)
})

test('no flow outranks a speed at which a point baseline says nothing', () => {
  const setup = setupWith({ pump: { rated_speed_rpm: 1500 } })
  const judged = hourly(setup, repeat(2, { flow: 0, head: 40, power: 9, speed: 1200 }))
  expect(judged.map(({ status }) => status)).toEqual(['Warning', 'Failure'])
  expect(judged[1]?.reason).toMatch(/^speed is 20 % below rated/)
})

test('no flow and nothing that says the pump runs is judged by the baseline alone', () => {
  expect(hourly(SETUP, [{ flow: 0, head: 0 }])[0]?.findings.filter(({ kind }) => kind === 'operation')).toEqual([])
})

test('a flow meter that drops out while head and power go on is a sensor problem, not a closed valve', () => {
  const judged = hourly(SETUP, [onCurve(100), { ...onCurve(100), flow: 0 }, onCurve(100)])
  expect(judged.map(({ status }) => status)).toEqual(['Normal', 'Not judged', 'Normal'])
  expect(judged[1]?.findings).toMatchObject([{ kind: 'sensor', subject: 'flow', severity: 'Normal' }])
})

test('a sensor problem that lasts an hour is a Warning and never more', () => {
  const judged = hourly(SETUP, repeat(50, { ...onCurve(100), head: 0 }))
  expect(judged[0]?.status).toBe('Normal')
  expect(new Set(judged.slice(1).map(({ status }) => status))).toEqual(new Set(['Warning']))
  expect(judged[1]?.findings).toMatchObject([{ kind: 'sensor', subject: 'head', severity: 'Warning' }])
  expect(judged[1]?.violations).toEqual({})
})

test('a head that no speed of this pump gives is a sensor problem', () => {
  const [judged] = hourly(SETUP, [{ ...onCurve(100), head: 120 }])
  expect(textsOf(judged)).toEqual(['head reads 120.0 m, and the pump gives at most 60.0 m'])
})

test('an efficiency over 100 % is told with its formula and its inputs', () => {
  const [judged] = hourly(setupWith({}), [{ flow: 300, head: 50, power: 20 }])
  expect(textsOf(judged)[0]).toBe(
    'efficiency is 203.9 %, over 100 % (ρ·g·Q·H/P of 300.0 m³/h, 50.0 m, 20.00 kW, 998.2 kg/m³): one of them is wrong',
  )
})

test('values outside the physical range are named and kept out of the judgement', () => {
  const judge = (values: Values): Judgement | undefined =>
    hourly(setupWith({ baseline: { head_definition: 'discharge' } }), [values])[0]
  expect(textsOf(judge({ flow: 100, discharge_pressure: -2 }))).toEqual(['discharge pressure reads -2.00 bar, below a vacuum'])
  expect(judge({ flow: 100, discharge_pressure: -2 })?.deviations.head).toBeNull()
  expect(textsOf(judge({ ...DUTY, power: -3 }))).toEqual(['power reads -3.00 kW, below zero'])
})

test('an efficiency column that is another efficiency is noted, with what that may mean', () => {
  const [judged] = hourly(setupWith({}), [{ ...DUTY, efficiency: 75 }])
  expect(textsOf(judged)[0]).toMatch(/efficiency reads 75\.0 %.*give 68\.0 %: power may be that of the wire/)
  expect(judged?.findings[0]?.severity).toBe('Normal')
})

test('a meter that does not move while the others do is a flat line after six hours and 24 changes', () => {
  const next = normal(uniform(4))
  const values = Array.from({ length: 60 }, (_, hour) => ({
    ...DUTY,
    flow: 100 + 8 * Math.sin(hour / 4) + next(),
    head: 50,
    efficiency: null,
  }))
  const judged = hourly(setupWith({ category: '2B' }), values)
  const first = judged.findIndex(({ findings }) => findings.some(({ text }) => text.startsWith('head has not moved from 50.00')))
  expect(first).toBe(24)
})

test('a steady pump with coarse meters has no flat line', () => {
  const next = normal(uniform(5))
  const values = Array.from({ length: 200 }, () => ({ flow: 100 + next(), head: 50, power: Math.round(20 + 0.1 * next()) }))
  expect(hourly(setupWith({ category: '2B' }), values).flatMap(({ findings }) => findings)).toEqual([])
})

test('operation outside the preferred region is a Warning once it has lasted six hours', () => {
  const best = CURVE_BASELINE.best_flow_m3h as number
  const judged = hourly(SETUP, [...repeat(8, onCurve(best * 0.5)), onCurve(best * 0.9), onCurve(best * 1.25)])
  expect(judged.map(({ status }) => status)).toEqual([...repeat(6, 'Normal'), 'Warning', 'Warning', 'Normal', 'Normal'])
  expect(judged[0]?.findings[0]).toMatchObject({ kind: 'region', severity: 'Normal', source: 'ANSI/HI 9.6.3' })
  expect(textsOf(judged[9])[0]).toBe('the pump runs towards run-out: 125 % of best-efficiency flow, preferred are 70 to 120 %')
})

test.for([
  ['II', 22, 5, 'Normal'],
  ['II', 22, 5.2, 'Warning'],
  ['II', 22, 8.6, 'Critical'],
  ['I', 22, 4.1, 'Warning'],
  ['I', 22, 6.7, 'Critical'],
  ['II', 250, 6, 'Normal'],
  ['II', 250, 9.6, 'Critical'],
  ['I', 250, 5.1, 'Warning'],
] as const)('category %s, %d kW, %d mm/s rms is %s', ([category, powerKw, level, status]) => {
  const setup = setupWith({
    category: '2B',
    pump: { rated_power_kw: powerKw },
    judgement: { vibration: { channels: ['de'], category } },
  })
  const judged = hourly(setup, repeat(5, DUTY), repeat(5, { de: level }))
  expect(judged.map((one) => one.status)).toEqual([...repeat(4, 'Normal'), status])
})

test('two wild readings of vibration in five change nothing', () => {
  const setup = setupWith({ category: '2B', judgement: { vibration: { channels: ['de'], category: 'II' } } })
  const levels = [1, 1, 30, 1, 30, 1, 1].map((de) => ({ de }))
  expect(hourly(setup, repeat(7, DUTY), levels).map(({ status }) => status)).toEqual(repeat(7, 'Normal'))
})

test('warm water is lighter: head from pressure follows the channel of its temperature', () => {
  const setup = setupWith({
    baseline: { head_definition: 'discharge' },
    pump: { liquid_temperature_channel: 'water' },
  })
  const [cold, hot] = hourly(setup, repeat(2, { discharge_pressure: 5 }), [{ water: 4 }, { water: 80 }])
  expect(cold?.measured.head).toBeCloseTo(50.987, 2)
  expect((hot?.measured.head ?? 0) / (cold?.measured.head ?? 1)).toBeCloseTo(999.972 / 971.78, 3)
})

test('a worn pump on its curve is told what its pattern is consistent with', () => {
  const worn = { ...onCurve(100), head: onCurve(100).head * 0.85 }
  const judged = hourly(SETUP, repeat(4, worn)).at(-1)
  expect(judged?.findings).toMatchObject([{ kind: 'hint', subject: 'head', severity: 'Normal' }])
  expect(textsOf(judged)[0]).toMatch(/^consistent with internal leakage through worn rings/)
})

test('a meter of power or speed that reads nothing while the pump moves liquid is a sensor problem', () => {
  const setup = setupWith({ pump: { rated_speed_rpm: 1500 } })
  const [power, speed] = hourly(setup, [
    { ...DUTY, power: 0 },
    { ...DUTY, speed: 0 },
  ])
  expect(textsOf(power)).toEqual(['power reads 0.00 kW while the pump moves 100.0 m³/h'])
  expect(power).toMatchObject({ status: 'Normal', deviations: { power: null } })
  expect(textsOf(speed)).toEqual(['speed reads 0 rpm while the pump moves 100.0 m³/h'])
  expect(speed?.status).toBe('Not judged')
  const lasting = hourly(setup, repeat(3, { ...DUTY, speed: 0 }))
  expect(lasting.at(-1)?.status).toBe('Warning')
})
