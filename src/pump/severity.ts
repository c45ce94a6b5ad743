import type { JudgementSettings } from './settings.ts'
import { isWorse, type Severity } from './status.ts'

/** A confirmed violation as far as the status depends on it. */
export interface Confirmed {
  readonly mandatory: boolean
  /** 1 + evidence/scale. */
  readonly severity: number
  /** Running time since it was confirmed [ms]. */
  readonly confirmedMs: number
}

const HOUR_MS = 3_600_000

/**
 * The status that confirmed violations amount to.
 *
 * Failure: a mandatory parameter of severity 2 or more. Critical: a mandatory one of 1.5 or more, or confirmed for 24
 * running hours. Warning: any other. Normal: none. The numbers are settings; source: ours, not ISO's.
 */
export function statusOf(violations: readonly Confirmed[], settings: JudgementSettings): Severity {
  return violations.reduce<Severity>((most, violation) => worse(most, statusOfOne(violation, settings)), 'Normal')
}

/** The worse of two statuses. */
export function worse(one: Severity, other: Severity): Severity {
  return isWorse(other, one) ? other : one
}

function statusOfOne({ mandatory, severity, confirmedMs }: Confirmed, settings: JudgementSettings): Severity {
  if (!mandatory) return 'Warning'
  if (severity >= settings.failure_severity) return 'Failure'
  if (severity >= settings.critical_severity || confirmedMs >= settings.sustained_hours * HOUR_MS) return 'Critical'
  return 'Warning'
}
