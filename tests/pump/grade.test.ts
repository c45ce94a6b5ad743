import { expect, test } from 'vitest'
import { chooseGrade } from '../../src/pump/grade.ts'
import { smallPumpBounds } from '../../src/pump/small-pump.ts'
import { severityScale } from '../../src/pump/violations.ts'
import { gradeFor, TOLERANCES } from './a-pump.ts'

const NOTHING = { tolerance_category: null, application: null, horsepower: null, rated_power_kw: null }
const NO_BASELINE = { application: null, rated_power_kw: null, power_kw: null }
const gradeOf = (application: string | null, powerKw: number | null): string =>
  gradeFor(TOLERANCES, { ...NOTHING, application, rated_power_kw: powerKw }, NO_BASELINE).name

test('a stated category is taken whatever the application and the power are', () => {
  const grade = gradeFor(TOLERANCES, { ...NOTHING, tolerance_category: '1u', rated_power_kw: 3 }, NO_BASELINE)
  expect(grade.name).toBe('1U')
  expect(grade.bounds.flow).toEqual({ min: 0, max: 10, mandatory: true })
  expect(grade.bounds.power).toEqual({ min: null, max: 10, mandatory: false })
  expect(grade.bounds.efficiency).toEqual({ min: 0, max: null, mandatory: false })
})

test.for([
  ['Municipal Water and Wastewater', '2B', '1B'],
  ['HVAC', '2B', '1B'],
  ['Electric Power', '1B', '1B'],
  ['API Oil and Gas', '1B', '1B'],
  ['Pipeline', '1B', '1B'],
  ['Chemical', '2B', '2B'],
  ['Cooling Tower', '2B', '2B'],
  ['Pulp and Paper', '2B', '2B'],
  ['Slurry', '3B', '3B'],
  ['General Industry', '3B', '2B'],
  ['Irrigation', '3B', '2B'],
  ['Dewatering', '3B', '2B'],
  ['Soap boiling', '3B', '2B'],
] as const)('%s is judged by %s up to 100 kW and by %s above', ([application, small, large]) => {
  expect(gradeOf(application, 100)).toBe(small)
  expect(gradeOf(application, 100.1)).toBe(large)
})

test('a municipal pump of unknown power counts as one of 10 to 100 kW', () => {
  expect(gradeOf('Municipal water', null)).toBe('2B')
})

test('the baseline stands in for an application and a power that the deployment does not state', () => {
  const baseline = { application: 'Pipeline', rated_power_kw: null, power_kw: 45 }
  expect(gradeFor(TOLERANCES, NOTHING, baseline).name).toBe('1B')
})

test('13 hp are 9.7 kW and a small pump, 14 hp are not', () => {
  const of = (horsepower: number): string => gradeFor(TOLERANCES, { ...NOTHING, horsepower }, NO_BASELINE).name
  expect([of(13), of(14)]).toEqual(['small pump', '3B'])
})

test('a pump of 5 kW may lack 12 % of efficiency and take 13.9 % more power', () => {
  const bounds = smallPumpBounds(5)
  expect(bounds.efficiency.min).toBeCloseTo(-12, 12)
  expect(bounds.power.max).toBeCloseTo(13.9, 1)
  expect([bounds.flow, bounds.head]).toEqual([
    { min: -10, max: 10, mandatory: true },
    { min: -8, max: 8, mandatory: true },
  ])
  expect(smallPumpBounds(0.2)).toEqual(smallPumpBounds(1))
})

test('an unknown category is named with the nearest one, and one that the application needs with those there are', () => {
  expect(chooseGrade(TOLERANCES, { ...NOTHING, tolerance_category: '2BB' }, NO_BASELINE)).toMatchObject({
    kind: 'unknown',
    mend: 'did you mean 2B?',
  })
  const only = { categories: { Site: { tolerances: {} } } }
  expect(chooseGrade(only, NOTHING, NO_BASELINE)).toMatchObject({ kind: 'unknown', mend: 'state one of Site' })
})

test('a parameter without a bound of its own takes the scale of head', () => {
  const { bounds } = gradeFor(TOLERANCES, { ...NOTHING, tolerance_category: '1U' }, NO_BASELINE)
  const scale = (parameter: 'flow' | 'head' | 'power' | 'efficiency') =>
    bounds[parameter] === null ? null : severityScale(bounds[parameter], bounds.head)
  expect([scale('flow'), scale('head'), scale('power'), scale('efficiency')]).toEqual([10, 6, 10, 6])
})
