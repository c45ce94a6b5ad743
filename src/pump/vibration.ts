import { type Finding, NO_FINDINGS } from './finding.ts'
import { medianOf } from './slots.ts'

/** What vibration is judged by. */
export interface VibrationSettings {
  /** Channels in mm/s rms. */
  readonly channels: readonly string[]
  /** I: critical duty (hazardous liquid, power stations); II: general duty. */
  readonly category: 'I' | 'II'
}

/** Upper ends of the zones A, B and C [mm/s rms]. */
interface Zones {
  readonly a: number
  readonly b: number
  readonly c: number
}

/** Up to this power the first zones hold [kW]. */
const LARGE_PUMP_KW = 200

/**
 * Zones of the vibration of a pump's bearing housing, up to 200 kW and above.
 *
 * Source: ISO 10816-7:2009, table 1, from secondary sources; the standard itself was not at hand.
 */
const VIBRATION_ZONES: Readonly<Record<'I' | 'II', { readonly upTo200Kw: Zones; readonly over200Kw: Zones }>> = {
  I: { upTo200Kw: { a: 2.5, b: 4.0, c: 6.6 }, over200Kw: { a: 3.5, b: 5.0, c: 7.6 } },
  II: { upTo200Kw: { a: 3.2, b: 5.1, c: 8.5 }, over200Kw: { a: 4.2, b: 6.1, c: 9.5 } },
}

/** Newest values of each channel, oldest first. JSON. */
export type RecentVibration = Readonly<Record<string, readonly number[]>>

/** Readings whose median is judged: two wild ones of five do not move it. Ours. */
const READINGS = 5

/**
 * Zone C (not for long-term operation) is a Warning, zone D (may damage the pump) is Critical, A and B are nothing.
 * Judged by the median of the last five readings of a channel. Example: 6 mm/s at a pump of 50 kW of category II is
 * zone C. Source: ISO 10816-7:2009; the statuses are ours.
 */
function vibrationFinding(
  channel: string,
  recent: readonly number[],
  powerKw: number | null,
  category: VibrationSettings['category'],
): Finding | null {
  if (recent.length < READINGS) return null
  const zones = VIBRATION_ZONES[category][powerKw !== null && powerKw > LARGE_PUMP_KW ? 'over200Kw' : 'upTo200Kw']
  const level = medianOf(recent)
  if (level <= zones.b) return null
  const [zone, limit] = level > zones.c ? ['D', zones.c] : ['C', zones.b]
  return {
    kind: 'vibration',
    subject: channel,
    severity: zone === 'D' ? 'Critical' : 'Warning',
    text: `${channel} is ${level.toFixed(1)} mm/s rms, above ${limit}: zone ${zone}`,
    source: `ISO 10816-7, category ${category}`,
  }
}

/** Takes the vibration of one reading; a channel that it lacks keeps its last values and finds nothing. */
export function watchVibration(
  before: RecentVibration,
  values: Readonly<Record<string, number | null>>,
  powerKw: number | null,
  { channels, category }: VibrationSettings,
): { readonly recent: RecentVibration; readonly findings: readonly Finding[] } {
  let recent = before
  let findings = NO_FINDINGS
  for (const channel of channels) {
    const value = values[channel] ?? null
    if (value === null) continue
    const newest = [...(recent[channel] ?? []), value].slice(-READINGS)
    recent = { ...recent, [channel]: newest }
    const finding = vibrationFinding(channel, newest, powerKw, category)
    if (finding !== null) findings = [...findings, finding]
  }
  return { recent, findings }
}
