import { expect, test } from 'vitest'
import type { PointBaseline } from '../../src/pump/baseline.ts'
import { baselineFromRows } from '../../src/pump/baseline-file.ts'
import { baselineColumn } from '../../src/pump/baseline-header.ts'
import type { BaselineRow } from '../../src/pump/baseline-rows.ts'
import { PUMP } from './a-pump.ts'

const WELL_1 = {
  'Well ID': 'Well 1',
  pump_type: 'Unknown - 4 Line Pump',
  horsepower: '24',
  application: 'Municipal Water and Wastewater',
  baseline_flow_gpm: '252.33',
  baseline_discharge_pressure_psi: '75.31',
  baseline_power_hp: '20.035',
  baseline_efficiency_percent: '60',
}

function read(rows: readonly BaselineRow[], pump = 'Well 1'): { baseline: PointBaseline; warnings: readonly string[] } {
  const outcome = baselineFromRows(rows, pump, PUMP)
  if (outcome.kind === 'invalid' || outcome.baseline.kind === 'curve') throw new Error(JSON.stringify(outcome))
  return { baseline: outcome.baseline, warnings: outcome.warnings }
}

function problems(rows: readonly BaselineRow[], pump = 'Well 1'): string[] {
  const outcome = baselineFromRows(rows, pump, PUMP)
  return outcome.kind === 'ok' ? [] : outcome.problems.map(({ path, what, mend }) => `${path}: ${what}; ${mend}`)
}

test('the file that sites have works unchanged, and its efficiency that disagrees is warned of and derived', () => {
  const { baseline, warnings } = read([WELL_1])
  expect(baseline).toMatchObject({
    pump: 'Well 1',
    pump_type: 'Unknown - 4 Line Pump',
    application: 'Municipal Water and Wastewater',
    head_definition: 'discharge',
    stated_efficiency_percent: 60,
  })
  expect(baseline.rated_power_kw).toBeCloseTo(17.9, 2)
  expect(baseline.flow_m3h).toBeCloseTo(57.31, 2)
  expect(baseline.head_m).toBeCloseTo(53.04, 2)
  expect(baseline.power_kw).toBeCloseTo(14.94, 2)
  expect(baseline.efficiency_percent).toBeCloseTo(55.33, 2)
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(/states an efficiency of 60 %.*give 55\.3 %/)
})

test('an efficiency within 3 % of the derived one is judged by as stated, without a warning', () => {
  const { baseline, warnings } = read([{ ...WELL_1, baseline_efficiency_percent: '56.9' }])
  expect(baseline.efficiency_percent).toBe(56.9)
  expect(warnings).toEqual([])
})

test('head in feet or metres, flow in m³/h and power in kW are total head', () => {
  const { baseline } = read([{ 'Well ID': 'Well 1', 'Flow (m3/h)': '100', 'Head (ft)': '100', 'Shaft Power [kW]': '12,5' }])
  expect(baseline).toMatchObject({ head_definition: 'total', flow_m3h: 100, power_kw: 12.5, stated_efficiency_percent: null })
  expect(baseline.head_m).toBeCloseTo(30.48, 10)
  expect(baseline.efficiency_percent).toBeCloseTo(66.3, 1)
})

test('a discharge and a suction pressure make total head', () => {
  const { baseline } = read([{ discharge_pressure_bar: '5', suction_pressure_bar: '-0.2' }])
  expect(baseline.head_definition).toBe('total')
  expect(baseline.head_m).toBeCloseTo(5.2e5 / 998.2 / 9.80665, 10)
})

test('one of several pumps is taken by its name, whatever the case', () => {
  expect(read([{ ...WELL_1, 'Well ID': 'Well 2' }, WELL_1], 'well 1').baseline.pump).toBe('Well 1')
  expect(problems([{ ...WELL_1, 'Well ID': 'Well 2' }])).toEqual(['Well ID: has no row of Well 1; did you mean Well 2?'])
  expect(problems([WELL_1, WELL_1])).toEqual([
    'rows: hold 1 different flow, and curves need 5; add points, or keep one row for a baseline of one duty point',
  ])
})

test('each mistake is named with its row and column', () => {
  expect(problems([{ ...WELL_1, baseline_flow_gpm: 'n/a', baseline_power_hp: '-3' }])).toEqual([
    'row 1, baseline_flow_gpm: n/a is no number; write digits and a decimal point',
    'row 1, baseline_power_hp: is -3; it must be above 0',
  ])
  expect(problems([{ 'Well ID': 'Well 1', flow: '100' }])).toEqual([
    'flow: flow has no unit; write it in the header, such as flow (m3/h)',
  ])
  expect(problems([{ 'Well ID': 'Well 1', flow_gpm: '1', 'Flow (m3/h)': '2' }])).toEqual([
    'Flow (m3/h): means the same as flow_gpm (flow); keep one of the two columns',
  ])
  expect(problems([{ 'Well ID': 'Well 1', horsepower: '24' }])[0]).toMatch(/^row 1: holds no value to judge by; /)
})

test('values whose efficiency would be over 100 % are refused with the inputs', () => {
  expect(problems([{ ...WELL_1, baseline_power_hp: '2' }])[0]).toMatch(/57\.3 m³\/h, 53 m, 1\.5 kW.*over 100 %/)
})

test.for([
  ['baseline_flow_gpm', 'flow'],
  ['Flow (US gpm)', 'flow'],
  ['Flow Rate [L/s]', 'flow'],
  ['flow_m3h', 'flow'],
  ['head_m', 'head'],
  ['Head (psi)', 'discharge_pressure'],
  ['Total Head (ft)', 'head'],
  ['baseline_discharge_pressure_psi', 'discharge_pressure'],
  ['Power (kW)', 'power'],
  ['motor_power_hp', 'power'],
  ['rated_power_kw', 'rated_power'],
  ['Pump Efficiency', 'efficiency'],
  ['baseline_efficiency_percent', 'efficiency'],
  ['Speed (rpm)', 'speed'],
] as const)('the header %s means %s', ([header, name]) => {
  expect(baselineColumn(header)).toMatchObject({ kind: 'number', name })
})

test('a header in a unit that does not fit is no known column', () => {
  expect(baselineColumn('Flow (psi)')).toEqual({ kind: 'unknown' })
  expect(baselineColumn('Remarks')).toEqual({ kind: 'unknown' })
})

const TEST_ROWS = [0, 25, 50, 75, 100, 125].map((flow) => ({
  Pump: 'Pump A',
  'Flow (m3/h)': String(flow),
  'Head (m)': String(60 - 0.001 * flow ** 2),
  'Shaft Power (kW)': String(8 + 0.12 * flow),
  'Speed (rpm)': '1500',
  Date: '2024-05-01',
}))

test('five rows or more of one pump are a pump test, and its curves the baseline', () => {
  const outcome = baselineFromRows(TEST_ROWS, 'Pump A', PUMP)
  expect(outcome).toMatchObject({
    kind: 'ok',
    baseline: {
      kind: 'curve',
      speed_rpm: 1500,
      power_definition: 'shaft',
      date: '2024-05-01',
      points: 6,
      flow_range_m3h: [0, 125],
    },
  })
})

test('a power that is not called that of the shaft is taken as that of the wire', () => {
  const rows = TEST_ROWS.map(({ 'Shaft Power (kW)': power, ...row }) => ({ ...row, 'Power (kW)': power }))
  expect(baselineFromRows(rows, 'Pump A', PUMP)).toMatchObject({ baseline: { power_definition: 'wire' } })
})

test('points of a test at different speeds are brought to the first one', () => {
  const slow = {
    ...TEST_ROWS[3],
    'Flow (m3/h)': '60',
    'Head (m)': String((60 - 0.001 * 75 ** 2) * 0.64),
    'Shaft Power (kW)': String(17 * 0.512),
    'Speed (rpm)': '1200',
  }
  const rows = TEST_ROWS.map((row, index) => (index === 3 ? slow : row))
  const outcome = baselineFromRows(rows, 'Pump A', PUMP)
  expect(outcome.kind === 'ok' && outcome.baseline.kind === 'curve' && outcome.baseline.residual_percent.head).toBeLessThan(1e-6)
})

test('a test of two to four points is neither a point nor a curve, and says so', () => {
  expect(baselineFromRows(TEST_ROWS.slice(0, 3), 'Pump A', PUMP)).toMatchObject({
    kind: 'invalid',
    problems: [{ what: 'hold 3 different flows, and curves need 5' }],
  })
  expect(baselineFromRows([...TEST_ROWS.slice(1), { ...TEST_ROWS[0], 'Head (m)': '' }], 'Pump A', PUMP)).toMatchObject({
    problems: [{ path: 'row 6', what: 'has no head' }],
  })
})
