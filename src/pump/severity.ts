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
  return worst(violations.map((violation) => statusOfOne(violation, settings)))
}

/** The worst of several statuses; Normal when there is none. */
export function worst(severities: readonly Severity[]): Severity {
  return severities.reduce<Severity>((most, next) => (isWorse(next, most) ? next : most), 'Normal')
}

function statusOfOne({ mandatory, severity, confirmedMs }: Confirmed, settings: JudgementSettings): Severity {
  if (!mandatory) return 'Warning'
  if (severity >= settings.failure_severity) return 'Failure'
  if (severity >= settings.critical_severity || confirmedMs >= settings.sustained_hours * HOUR_MS) return 'Critical'
  return 'Warning'
}
