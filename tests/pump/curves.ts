import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CurveBaseline } from '../../src/pump/baseline.ts'
import { headAt, powerAt } from '../../src/pump/curve.ts'
import { withCurves } from '../../src/pump/curve-baseline.ts'
import { type FittedCurves, fitCurves, type TestPoint } from '../../src/pump/curve-fit.ts'
import { BASELINE } from './a-pump.ts'
import type { TruePump } from './life.ts'

/** Optional data beside the repository: 15 real pump curves. */
const FOLDER = join(import.meta.dirname, '../../../shared/data/pump-curves')

/** Names of the real curves; empty where the data are not there. */
export const REAL_CURVES = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.csv')) : []

export function realPoints(name: string): TestPoint[] {
  const [, ...lines] = readFileSync(join(FOLDER, name), 'utf8').trim().split(/\r?\n/)
  return lines.map((line, index) => {
    const [flowM3h = 0, headM = 0, powerKw = 0] = line.split(',').map(Number)
    return { path: `row ${index + 1}`, flowM3h, headM, powerKw, efficiencyPercent: null }
  })
}

/** A made-up pump test: H = 60 − 0.002·Q², P = 8 + 0.12·Q, best efficiency near 110 m³/h. */
export const TEST_POINTS: TestPoint[] = [0, 25, 50, 75, 100, 125, 150].map((flowM3h, index) => ({
  path: `row ${index + 1}`,
  flowM3h,
  headM: 60 - 0.001 * flowM3h ** 2,
  powerKw: 8 + 0.12 * flowM3h,
  efficiencyPercent: null,
}))

export function fittedTo(points: readonly TestPoint[]): FittedCurves {
  const outcome = fitCurves(points, 998.2)
  if (outcome.kind === 'invalid') throw new Error(JSON.stringify(outcome.problems))
  return outcome.fitted
}

/** A baseline of curves; its duty point is that of best efficiency. */
export function curveBaseline(fitted: FittedCurves): CurveBaseline {
  const { pump, pump_type, application, rated_power_kw, head_definition, date, noise } = BASELINE
  const facts = { pump, pump_type, application, rated_power_kw, head_definition, date, noise }
  return withCurves({ ...facts, speed_rpm: 1500, power_definition: 'shaft', points: 7 }, fitted)
}

export const CURVE_BASELINE = curveBaseline(fittedTo(TEST_POINTS))

/** The pump of a baseline as its curves say. */
export function pumpOf(baseline: CurveBaseline): TruePump {
  return {
    bestFlowM3h: baseline.best_flow_m3h ?? 0,
    speedRpm: baseline.speed_rpm ?? 0,
    headOf: (flow) => headAt(baseline, flow),
    powerOf: (flow) => powerAt(baseline, flow) ?? 0,
  }
}

/** The pump of a test as straight lines between its points say: what the fit did not see. */
export function pumpThrough(points: readonly TestPoint[], bestFlowM3h: number, speedRpm: number): TruePump {
  const sorted = [...points].sort((a, b) => a.flowM3h - b.flowM3h)
  const between = (of: (point: TestPoint) => number) => (flow: number) => {
    const next = sorted.findIndex(({ flowM3h }) => flowM3h >= flow)
    const [left, right] = [sorted[Math.max(0, next - 1)], sorted[Math.max(0, next)]]
    if (left === undefined || right === undefined || left === right) return of(right ?? (sorted[0] as TestPoint))
    return of(left) + ((of(right) - of(left)) * (flow - left.flowM3h)) / (right.flowM3h - left.flowM3h)
  }
  return { bestFlowM3h, speedRpm, headOf: between(({ headM }) => headM), powerOf: between(({ powerKw }) => powerKw ?? 0) }
}
