import type { Judgement, Violation } from '../../src/pump/judgement.ts'
import type { Parameter } from '../../src/pump/quantities.ts'
import type { Status } from '../../src/pump/status.ts'

export const MINUTE_MS = 60_000

export function violation(over: Partial<Violation> = {}): Violation {
  return { deviation: -20, threshold: 0, threshold_type: 'min', mandatory: true, confirmed: true, severity: 2, ...over }
}

export function judgement(status: Status, violations: Partial<Record<Parameter, Violation>> = {}, timeMs = 0): Judgement {
  return {
    timeMs,
    status,
    reason: null,
    measured: { flow: 40, head: 50, power: 15, efficiency: 50 },
    reference: { flow: 50, head: 52, power: 15, efficiency: 55 },
    deviations: { flow: -20, head: -5, power: 0, efficiency: -10 },
    violations,
    findings: [],
  }
}
