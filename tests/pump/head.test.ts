import { expect, test } from 'vitest'
import { headOfPressure, totalHead } from '../../src/pump/head.ts'
import { canonicalFactor } from '../../src/readings/units.ts'

const FT = 0.3048
const PSI = canonicalFactor('discharge_pressure', 'psi')
const GPM = canonicalFactor('flow', 'gpm')
const IN_MM = 25.4

test('1 bar of water at 1000 kg/m³ stands 10.197 m high', () => {
  expect(headOfPressure(1, 1000)).toBeCloseTo(10.197, 3)
})

test('1 psi is 2.31 ft of water, the figure on every pump chart', () => {
  expect(headOfPressure(PSI, 998.2) / FT).toBeCloseTo(2.31, 2)
})

// MEASUR suite, tests/cpp/HeadTool.unit.cpp: HeadTool(1, 2000, 17.9, 5, 5, 1, 15, 50, 1, 1).
test('the difference of velocity heads of the MEASUR head tool agrees to four digits', () => {
  const gauges = { liquid_density_kg_m3: 1000, discharge_gauge_elevation_m: 0, suction_gauge_elevation_m: 0 }
  const bores = { discharge_diameter_mm: 15 * IN_MM, suction_diameter_mm: 17.9 * IN_MM }
  const head = totalHead({ dischargeBar: 0, suctionBar: 0, flowM3h: 2000 * GPM }, { ...gauges, ...bores })
  expect(head / FT).toBeCloseTo(0.1039, 4)
})

test('the total head of the MEASUR head tool agrees to four digits, its friction losses left out', () => {
  const gauges = {
    // The tool takes 1 kgf/cm² for 10 m of water.
    liquid_density_kg_m3: 1000,
    discharge_gauge_elevation_m: 1 * FT,
    suction_gauge_elevation_m: 5 * FT,
    discharge_diameter_mm: 15 * IN_MM,
    suction_diameter_mm: 17.9 * IN_MM,
  }
  const head = totalHead({ dischargeBar: 50 * PSI, suctionBar: 5 * PSI, flowM3h: 2000 * GPM }, gauges)
  // 103.9861 pressure − 4 elevation + 0.1039 velocity; the tool rounds its psi to metres, hence the 0.2 ft.
  expect(Math.abs(head / FT - (103.9861 - 4 + 0.1039))).toBeLessThan(0.2)
})

test('without diameters or flow the velocity term is left out, and equal bores cancel', () => {
  const gauges = { liquid_density_kg_m3: 1000, discharge_gauge_elevation_m: 0, suction_gauge_elevation_m: 0 }
  const pressures = { dischargeBar: 4, suctionBar: 1, flowM3h: 100 }
  const plain = totalHead(pressures, { ...gauges, discharge_diameter_mm: null, suction_diameter_mm: 100 })
  expect(plain).toBe(headOfPressure(3, 1000))
  expect(totalHead(pressures, { ...gauges, discharge_diameter_mm: 100, suction_diameter_mm: 100 })).toBe(plain)
  expect(totalHead({ ...pressures, flowM3h: null }, { ...gauges, discharge_diameter_mm: 80, suction_diameter_mm: 100 })).toBe(
    plain,
  )
})
