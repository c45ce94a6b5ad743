import { PARAMETERS, type PerParameter } from '../pump/quantities.ts'
import type { JudgementSettings } from '../pump/settings.ts'
import type { Bounds } from '../pump/tolerances.ts'
import { severityScale } from '../pump/violations.ts'
import type { FailureLimits } from './trend.ts'

/**
 * The deviations at which the status rule would speak of a failure, were the parameter mandatory and without noise:
 *
 *     limit = bound ± (guard + (failure severity − 1) · scale)
 *
 * Example: grade 1U asks for flow 0…+10 %; with guard 2 and severity 2 the limits are −12 and +22 %. Source: ours.
 */
export function failureLimitsOf(
  bounds: PerParameter<Bounds | null>,
  settings: Pick<JudgementSettings, 'guard_band' | 'failure_severity'>,
): FailureLimits {
  const limits = PARAMETERS.map((parameter) => {
    const own = bounds[parameter]
    if (own === null) return [parameter, null]
    const margin = settings.guard_band + (settings.failure_severity - 1) * severityScale(own, bounds.head)
    return [parameter, { min: own.min === null ? null : own.min - margin, max: own.max === null ? null : own.max + margin }]
  })
  return Object.fromEntries(limits) as FailureLimits
}
