import { expect, test } from 'vitest'
import { efficiencyAt, flowAtHead, headAt, powerAt } from '../../src/pump/curve.ts'
import { fitCurves, type TestPoint } from '../../src/pump/curve-fit.ts'
import { fitPolynomial } from '../../src/pump/least-squares.ts'
import { fittedTo, REAL_CURVES, realPoints, TEST_POINTS } from './curves.ts'
import { normal, uniform } from './noise.ts'

function problems(points: readonly TestPoint[]): string[] {
  const outcome = fitCurves(points, 998.2)
  return outcome.kind === 'ok' ? [] : outcome.problems.map(({ path, what, mend }) => `${path}: ${what}; ${mend}`)
}

test('three points fix a parabola, and each is foretold by nobody', () => {
  const fit = fitPolynomial([0, 1, 2], [1, 3, 7], [0, 1, 2])
  expect(fit?.coefficients.map((c) => Math.round(c * 1e12) / 1e12)).toEqual([1, 1, 1])
  expect(fit?.leftOut).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
})

// NIST StRD Norris has certified values for a straight line; these are ours, from the closed formula of the line.
test('the straight line through noisy points is that of the closed formula', () => {
  const next = normal(uniform(3))
  const xs = Array.from({ length: 20 }, (_, index) => index / 20)
  const ys = xs.map((x) => 2 + 3 * x + next())
  const [mx, my] = [xs, ys].map((values) => values.reduce((sum, value) => sum + value, 0) / 20) as [number, number]
  const slope =
    xs.reduce((sum, x, i) => sum + (x - mx) * ((ys[i] as number) - my), 0) / xs.reduce((sum, x) => sum + (x - mx) ** 2, 0)
  const fit = fitPolynomial(xs, ys, [0, 1])
  expect(fit?.coefficients[1]).toBeCloseTo(slope, 10)
  expect(fit?.coefficients[0]).toBeCloseTo(my - slope * mx, 10)
})

test('a residual of a point left out is what a fit without it gives', () => {
  const xs = [0, 0.2, 0.5, 0.7, 1]
  const ys = [1, 3, 2, 5, 4]
  const whole = fitPolynomial(xs, ys, [0, 1])
  const without = fitPolynomial(xs.toSpliced(2, 1), ys.toSpliced(2, 1), [0, 1])
  const foretold = (without?.coefficients[0] ?? 0) + (without?.coefficients[1] ?? 0) * 0.5
  expect(whole?.leftOut[2]).toBeCloseTo(2 - foretold, 10)
})

test('points that all stand at one flow cannot be fitted', () => {
  expect(fitPolynomial([1, 1, 1], [1, 2, 3], [0, 1])).toBeNull()
})

test('the curves of a test go through its points, and best efficiency is where it is', () => {
  const { curves, bestFlowM3h, residualPercent } = fittedTo(TEST_POINTS)
  expect(headAt(curves, 80)).toBeCloseTo(60 - 0.001 * 6400, 8)
  expect(powerAt(curves, 80)).toBeCloseTo(8 + 0.12 * 80, 8)
  expect(residualPercent).toEqual({ head: 0, power: 0, efficiency: 0 })
  // d/dQ of Q·(60 − 0.001·Q²)/(8 + 0.12·Q) is zero where 480 − 0.024·Q² − 0.00024·Q³ = 0.
  const best = bestFlowM3h as number
  expect(480 - 0.024 * best ** 2 - 0.00024 * best ** 3).toBeCloseTo(0, 0)
  expect(efficiencyAt(curves, best)).toBeGreaterThan(efficiencyAt(curves, best - 1) as number)
})

test('the flow of a head is found to the last bit, and none outside the falling part', () => {
  const { curves } = fittedTo(TEST_POINTS)
  for (const flow of [1, 63.2, 110, 149.9]) expect(flowAtHead(curves, headAt(curves, flow))).toBeCloseTo(flow, 6)
  expect(flowAtHead(curves, 60.1)).toBeNull()
  expect(flowAtHead(curves, 37)).toBeNull()
})

test('an efficiency without power is a curve of its own', () => {
  const points = TEST_POINTS.map((point) => ({
    ...point,
    powerKw: null,
    efficiencyPercent: 1.6 * point.flowM3h - 0.008 * point.flowM3h ** 2,
  }))
  const { curves, bestFlowM3h } = fittedTo(points)
  expect(bestFlowM3h).toBeCloseTo(100, 1)
  expect(efficiencyAt(curves, 50)).toBeCloseTo(60, 6)
})

test('what is no pump test is refused with the reason', () => {
  expect(problems(TEST_POINTS.slice(0, 4))).toEqual([
    'rows: hold 4 different flows, and curves need 5; add points, or keep one row for a baseline of one duty point',
  ])
  expect(problems(TEST_POINTS.map((point) => ({ ...point, headM: 100 - point.headM })))[0]).toMatch(
    /^head: does not fall with flow/,
  )
  expect(problems(TEST_POINTS.map((point) => ({ ...point, powerKw: (point.powerKw ?? 0) / 2 })))[0]).toMatch(
    /^efficiency: comes to 1\d\d/,
  )
  const off = TEST_POINTS.map((point, index) => (index === 3 ? { ...point, headM: 80 } : point))
  expect(problems(off).length).toBeGreaterThan(0)
})

test('a point that lies a little off is warned of by name', () => {
  const points = TEST_POINTS.map((point, index) => (index === 3 ? { ...point, headM: point.headM * 0.95 } : point))
  const outcome = fitCurves(points, 998.2)
  expect(outcome.kind === 'ok' && outcome.warnings.some((warning) => /^row 4: head lies .* off the curve$/.test(warning))).toBe(
    true,
  )
})

test.for(REAL_CURVES)('the real curve %s fits within 2 %% of head at best efficiency', (name) => {
  const { residualPercent, bestFlowM3h } = fittedTo(realPoints(name))
  expect(residualPercent.head).toBeLessThanOrEqual(2)
  expect(bestFlowM3h).not.toBeNull()
})
