import { type Finding, type Lasting, prolonged } from './finding.ts'

/** Where a pump may stand for long. */
export interface RegionSettings {
  /** [% of best-efficiency flow] */
  readonly min_percent: number
  readonly max_percent: number
  /** Time outside after which it is a Warning [running hours]. */
  readonly hours: number
}

/** Below this share of best-efficiency flow pumps overheat and shake. Ours, after usual minimum continuous flows. */
const MINIMUM_SHARE = 0.25
const HOUR_MS = 3_600_000

/**
 * Operation outside the preferred region, as a Warning that must last.
 *
 * share, flow at the speed of the test over best-efficiency flow [1]; null where unknown, which says nothing.
 * Source: ANSI/HI 9.6.3 (preferred operating region, 70 to 120 %); the time that it must last is ours.
 */
export function operatingRegion(
  before: Lasting,
  share: number | null,
  ms: number,
  settings: RegionSettings,
): { readonly lasting: Lasting; readonly finding: Finding | null } {
  if (share === null) return { lasting: before, finding: null }
  const percent = share * 100
  const outside = percent < settings.min_percent || percent > settings.max_percent
  const lasting = prolonged(before, outside, ms)
  if (!outside) return { lasting, finding: null }
  const where = share < MINIMUM_SHARE ? 'below minimum flow' : share < 1 ? 'below the preferred region' : 'towards run-out'
  const finding: Finding = {
    kind: 'region',
    subject: 'flow',
    severity: lasting.ms >= settings.hours * HOUR_MS ? 'Warning' : 'Normal',
    text: `the pump runs ${where}: ${Math.round(percent)} % of best-efficiency flow, preferred are ${settings.min_percent} to ${settings.max_percent} %`,
    source: 'ANSI/HI 9.6.3',
  }
  return { lasting, finding }
}
