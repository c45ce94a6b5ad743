import type { Grade } from './grade.ts'
import { PARAMETERS, type Parameter, type PerParameter } from './quantities.ts'
import type { JudgementSettings } from './settings.ts'
import { severityScale } from './violations.ts'

/**
 * The deviations at which a parameter alone makes the status Failure, but for the pump's own variation.
 *
 *     limit = bound ± (guard + (failure severity − 1)·scale)
 *
 * bounds, guard, scale [percentage points]; result [%], null on a side without a bound, and for parameters that are
 * not mandatory, which never make a Failure. Example: grade 2B, flow: ±8 ± (2 + 8) is ±18 %. Source: ours.
 */
export function failureLimits(
  grade: Grade,
  settings: Pick<JudgementSettings, 'guard_band' | 'failure_severity'>,
): PerParameter<{ readonly min: number | null; readonly max: number | null } | null> {
  const of = (parameter: Parameter) => {
    const bounds = grade.bounds[parameter]
    if (bounds?.mandatory !== true) return null
    const beyond = settings.guard_band + (settings.failure_severity - 1) * severityScale(bounds, grade.bounds.head)
    return { min: bounds.min === null ? null : bounds.min - beyond, max: bounds.max === null ? null : bounds.max + beyond }
  }
  return Object.fromEntries(PARAMETERS.map((parameter) => [parameter, of(parameter)])) as Record<Parameter, ReturnType<typeof of>>
}
