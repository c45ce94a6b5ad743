import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { QUANTITIES, type Quantity } from '../../src/pump/quantities.ts'
import { canonicalFactor, unitFor, unitNamed } from '../../src/readings/units.ts'
import { unitNames } from './unit-names.ts'

const ALL = Object.keys(QUANTITIES) as Quantity[]

/** SI value of one canonical unit of each quantity, for comparison with tables in SI units. */
const SI_OF_CANONICAL: Readonly<Record<Quantity, number>> = {
  flow: 1 / 3600,
  head: 1,
  power: 1000,
  efficiency: 0.01,
  speed: Math.PI / 30,
  discharge_pressure: 1e5,
  suction_pressure: 1e5,
}

/** Digits as printed in NIST Special Publication 811 (2008 edition), appendix B.8, in m³/s, m, W, rad/s and Pa. */
const NIST: readonly (readonly [quantity: Quantity, unit: string, printed: number, entry: string])[] = [
  ['flow', 'gpm', 6.30902e-5, 'gallon (U.S.) per minute (gpm)'],
  ['flow', 'gpd', 4.381264e-8, 'gallon (U.S.) per day'],
  ['flow', 'MGD', 4.381264e-2, 'gallon (U.S.) per day, a million of them'],
  ['flow', 'ft3/s', 2.831685e-2, 'cubic foot per second'],
  ['flow', 'ft3/min', 4.719474e-4, 'cubic foot per minute'],
  ['flow', 'imp gpm', 4.54609e-3 / 60, 'gallon [Canadian and U.K. (Imperial)], per minute'],
  ['flow', 'bbl/d', 1.589873e-1 / 86_400, 'barrel [for petroleum, 42 gallons (U.S.)], per day'],
  ['flow', 'L/min', 1.666667e-5, 'liter per minute'],
  ['head', 'ft', 3.048e-1, 'foot'],
  ['head', 'in', 2.54e-2, 'inch'],
  ['power', 'hp', 7.456999e2, 'horsepower (550 ft·lbf/s)'],
  ['power', 'metric hp', 7.354988e2, 'horsepower (metric)'],
  ['power', 'electric hp', 7.46e2, 'horsepower (electric)'],
  ['power', 'BTU/h', 2.930711e-1, 'British thermal unit_IT per hour'],
  ['speed', 'rpm', 1.047198e-1, 'revolution per minute'],
  ['discharge_pressure', 'psi', 6.894757e3, 'psi (pound-force per square inch)'],
  ['discharge_pressure', 'kgf/cm2', 9.80665e4, 'kilogram-force per square centimeter'],
  ['discharge_pressure', 'atm', 1.01325e5, 'atmosphere, standard'],
  ['discharge_pressure', 'mH2O', 9.80665e3, 'centimeter of water, conventional, a hundred of them'],
  ['discharge_pressure', 'ftH2O', 2.989067e3, 'foot of water, conventional'],
  ['discharge_pressure', 'inH2O', 2.490889e2, 'inch of water, conventional'],
  ['discharge_pressure', 'inHg', 3.386389e3, 'inch of mercury, conventional'],
  ['discharge_pressure', 'mmHg', 1.333224e2, 'millimeter of mercury, conventional'],
  ['discharge_pressure', 'Torr', 1.333224e2, 'torr'],
  ['discharge_pressure', 'mbar', 1e2, 'millibar'],
]

describe('units convert as the published tables say', () => {
  test.each(NIST)('%s in %s agrees with the seven digits of NIST SP 811: %f (%s)', (quantity, unit, printed) => {
    const si = canonicalFactor(quantity, unit) * SI_OF_CANONICAL[quantity]
    expect(Math.abs(si / printed - 1)).toBeLessThan(5e-7)
  })

  test.each([
    // By the definitions of the SI, to the last digit.
    ['flow', 'L/s', 3.6],
    ['flow', 'm3/s', 3600],
    ['flow', 'm3/d', 1 / 24],
    ['head', 'mm', 0.001],
    ['power', 'W', 0.001],
    ['efficiency', 'fraction', 100],
    ['discharge_pressure', 'kPa', 0.01],
    ['discharge_pressure', 'MPa', 10],
    ['discharge_pressure', 'hPa', 0.001],
    ['discharge_pressure', 'Pa', 1e-5],
  ] as const)('%s in %s converts by %f', (quantity, unit, factor) => {
    expect(canonicalFactor(quantity, unit)).toBeCloseTo(factor, 15)
  })

  test('Hz means revolutions per second: 30 Hz are 1,800 rpm, whatever a drive feeds the motor', () => {
    expect(30 * canonicalFactor('speed', 'Hz')).toBe(1800)
  })

  test('rad/s and rpm agree: 188.5 rad/s are 1,800 rpm', () => {
    expect(188.4955592 * canonicalFactor('speed', 'rad/s')).toBeCloseTo(1800, 5)
  })

  test("the first site's duty point: 252.33 gpm, 75.31 psi and 20.035 hp are 57.31 m³/h, 5.192 bar and 14.94 kW", () => {
    expect(252.33 * canonicalFactor('flow', 'gpm')).toBeCloseTo(57.31, 2)
    expect(75.31 * canonicalFactor('discharge_pressure', 'psi')).toBeCloseTo(5.192, 3)
    expect(20.035 * canonicalFactor('power', 'hp')).toBeCloseTo(14.94, 2)
  })

  test('a value that goes from one unit of a quantity to another and back is the value', () => {
    const quantity = fc.constantFrom(...ALL)
    const unitOf = (of: Quantity) => fc.constantFrom(...unitNames(of))
    fc.assert(
      fc.property(
        quantity.chain((of) => fc.tuple(fc.constant(of), unitOf(of), unitOf(of))),
        fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
        ([of, one, other], value) => {
          const there = (value * canonicalFactor(of, one)) / canonicalFactor(of, other)
          const back = (there * canonicalFactor(of, other)) / canonicalFactor(of, one)
          expect(Math.abs(back / value - 1)).toBeLessThan(1e-15 * 4)
        },
      ),
    )
  })
})

describe('a unit may be spelt as people spell it', () => {
  test.each([
    ['GPM', 'gpm'],
    ['US gpm', 'gpm'],
    ['gal/min', 'gpm'],
    ['m³/h', 'm3/h'],
    ['m^3/hr', 'm3/h'],
    ['m3·h-1', 'm3/h'],
    ['l/min', 'L/min'],
    ['LPS', 'L/s'],
    ['mgd', 'MGD'],
    ['Feet', 'ft'],
    ['PSIG', 'psi'],
    ['bar(g)', 'bar'],
    ['kg/cm²', 'kgf/cm2'],
    ['HP', 'hp'],
    ['kw', 'kW'],
    ['PS', 'metric hp'],
    ['Percent', '%'],
    ['-', 'fraction'],
    ['RPM', 'rpm'],
    ['min⁻¹', 'rpm'],
    ['1/min', 'rpm'],
    ['hz', 'Hz'],
  ])('%s is %s', (spelling, name) => {
    expect(unitNamed(spelling)?.name).toBe(name)
  })

  test.each([
    ['flow', 'gpn', 'unknown unit gpn', 'did you mean gpm?'],
    ['flow', 'L/mim', 'unknown unit L/mim', 'did you mean L/min?'],
    ['discharge_pressure', 'pis', 'unknown unit pis', 'did you mean psi?'],
    ['discharge_pressure', 'furlong', 'unknown unit furlong', 'use one of bar, mbar'],
    ['power', 'kWh', 'unknown unit kWh', 'did you mean kW?'],
    ['flow', 'psi', 'psi is no unit of flow', 'use one of m3/h, m3/s'],
    ['speed', '%', '% is no unit of speed', 'use one of rpm, Hz, rad/s'],
    ['suction_pressure', 'psia', 'psia is absolute pressure', 'give gauge pressure'],
  ] as const)('%s in %s is refused: %s; %s…', (quantity, spelling, what, mend) => {
    const outcome = unitFor(quantity, spelling)
    expect(outcome).toMatchObject({ kind: 'wrong', what, mend: expect.stringContaining(mend) })
  })

  test('the name of every unit means that unit', () => {
    const names = ALL.flatMap(unitNames)
    expect(names.length).toBeGreaterThan(40)
    for (const name of names) expect(unitNamed(name)?.name).toBe(name)
  })
})
