import fc from 'fast-check'
import { expect, test } from 'vitest'
import { atSpeedRatio } from '../../src/pump/affinity.ts'
import { waterDensity } from '../../src/pump/density.ts'
import { efficiency, specificEnergy } from '../../src/pump/efficiency.ts'
import { hydraulicPower } from '../../src/pump/hydraulic-power.ts'
import { canonicalFactor } from '../../src/readings/units.ts'

const GPM = canonicalFactor('flow', 'gpm')
const HP = canonicalFactor('power', 'hp')

test('396 gpm lifted by 100 ft are 10 hp of water, by the rule gpm × ft/3960', () => {
  const power = hydraulicPower({ flowM3h: 396 * GPM, headM: 100 * 0.3048 }, 998.2)
  expect(Math.abs(power / HP - 10)).toBeLessThan(0.01)
})

test('252.33 gpm at 75.31 psi for 20.035 hp are 55.3 %, not the 60 % that the site states', () => {
  const headM = (75.31 * canonicalFactor('discharge_pressure', 'psi') * 1e5) / (998.2 * 9.80665)
  expect(efficiency({ flowM3h: 252.33 * GPM, headM, powerKw: 20.035 * HP }, 998.2)).toBeCloseTo(55.3, 1)
})

test('no power taken has no efficiency, and no flow no specific energy', () => {
  expect(efficiency({ flowM3h: 100, headM: 50, powerKw: 0 }, 998.2)).toBeNull()
  expect(specificEnergy({ flowM3h: 0, powerKw: 5 })).toBeNull()
  expect(specificEnergy({ flowM3h: 400, powerKw: 100 })).toBe(0.25)
})

test('water weighs what the tables say: 999.97 at 4 °C, 997.045 at 25 °C, 958.36 at 100 °C', () => {
  expect(waterDensity(4)).toBeCloseTo(999.97, 2)
  expect(waterDensity(25)).toBeCloseTo(997.045, 3)
  expect(waterDensity(100)).toBeCloseTo(958.36, 2)
})

test('outside 0 to 150 °C there is no density', () => {
  expect([waterDensity(-0.1), waterDensity(150.1), waterDensity(Number.NaN)]).toEqual([null, null, null])
})

test('doubling the speed gives 2, 4 and 8 times flow, head and power', () => {
  expect(atSpeedRatio({ flowM3h: 100, headM: 32, powerKw: 12 }, 2)).toEqual({ flowM3h: 200, headM: 128, powerKw: 96 })
})

test('a change of speed keeps the efficiency, and going back gives the point again', () => {
  const positive = fc.double({ min: 0.1, max: 1000, noNaN: true })
  fc.assert(
    fc.property(
      positive,
      positive,
      positive,
      fc.double({ min: 0.5, max: 1.2, noNaN: true }),
      (flowM3h, headM, powerKw, ratio) => {
        const point = { flowM3h, headM, powerKw }
        const moved = atSpeedRatio(point, ratio)
        const before = efficiency(point, 998.2) as number
        expect(Math.abs((efficiency(moved, 998.2) as number) / before - 1)).toBeLessThan(1e-12)
        const back = atSpeedRatio(moved, 1 / ratio)
        expect(Math.abs(back.powerKw / powerKw - 1)).toBeLessThan(1e-12)
      },
    ),
  )
})
