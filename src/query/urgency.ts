import type { PumpSummary } from './comparison.ts'
import { counted, lengthInWords, signed } from './wording.ts'

/** A pump with its place in the order of urgency, and why it has that place. */
export interface Ranked extends PumpSummary {
  readonly rank: number
  readonly level: Level
  readonly because: string
}

/** From most to least urgent; ours. */
const LEVELS = ['failing now', 'short-lived', 'critical now', 'warned now', 'was worse', 'quiet'] as const
export type Level = (typeof LEVELS)[number]

/** As in the rule for reports: a life shorter than this is a reason of its own [days]. */
const SHORT_LIFE_DAYS = 7
/** So long does a remaining life that was said count [ms]. */
const LIFE_HOLDS_MS = 7 * 86_400_000
const CLEAR = 0.05

/**
 * Orders pumps by urgency: a Failure that stands at `endMs`; less than 7 days to live, as said within the last week; a
 * Critical, then a Warning that stands; a Critical or Failure that was; the rest. Within a level the shorter life comes
 * first, then the greater distance beyond a limit, then the higher rate of episodes.
 */
export function rankByUrgency(pumps: readonly PumpSummary[], endMs: number): Ranked[] {
  return pumps
    .map((pump) => ({ pump, level: levelOf(pump, endMs) }))
    .sort(
      (a, b) =>
        LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
        (lifeOf(a.pump, endMs) ?? 1e9) - (lifeOf(b.pump, endMs) ?? 1e9) ||
        beyond(b.pump) - beyond(a.pump) ||
        b.pump.episodes_per_30_days - a.pump.episodes_per_30_days ||
        (a.pump.pump < b.pump.pump ? -1 : 1),
    )
    .map(({ pump, level }, i) => ({ ...pump, rank: i + 1, level, because: reasonOf(pump, level, endMs) }))
}

function levelOf(pump: PumpSummary, endMs: number): Level {
  if (pump.active && pump.last_status === 'Failure') return 'failing now'
  const life = lifeOf(pump, endMs)
  if (life !== null && life < SHORT_LIFE_DAYS) return 'short-lived'
  if (pump.active && pump.last_status === 'Critical') return 'critical now'
  if (pump.active) return 'warned now'
  return pump.worst_status === 'Failure' || pump.worst_status === 'Critical' ? 'was worse' : 'quiet'
}

function lifeOf({ rul_days, rul_said }: PumpSummary, endMs: number): number | null {
  return rul_said !== null && endMs - Date.parse(rul_said) <= LIFE_HOLDS_MS ? rul_days : null
}

function beyond({ active, last_deviation, worst_deviation }: PumpSummary): number {
  return (active ? last_deviation : worst_deviation)?.beyond ?? Number.NEGATIVE_INFINITY
}

function reasonOf(pump: PumpSummary, level: Level, endMs: number): string {
  const silentMs = Math.max(0, endMs - Date.parse(pump.last_report))
  const ago = silentMs < 60_000 ? 'just now' : `${lengthInWords(silentMs)} ago`
  const margin = pump.active ? pump.last_deviation : pump.worst_deviation
  const life = lifeOf(pump, endMs)
  const first = pump.active
    ? `${pump.last_status} ${ago}`
    : `silent for ${lengthInWords(silentMs)}${level === 'quiet' ? '' : `, was ${pump.worst_status}`}`
  const parts = [first]
  if (margin !== null) {
    const over = margin.beyond === null || margin.beyond <= 0 ? '' : `, ${margin.beyond.toFixed(1)} points beyond its limit`
    parts.push(`${pump.active ? '' : 'at worst '}${margin.parameter} ${signed(margin.deviation, 1)} %${over}`)
  }
  if (life !== null) parts.push(`${counted(Number(life.toFixed(1)), 'day')} to live by its last prediction`)
  if (isWorsening(pump)) parts.push('growing worse')
  parts.push(`${counted(pump.episodes, 'episode')}`)
  return parts.join('; ')
}

/** Whether what is reported moves away from the baseline more clearly than by chance. */
function isWorsening({ trend, last_deviation }: PumpSummary): boolean {
  if (trend === null || last_deviation === null) return false
  return trend.p < CLEAR && Math.sign(trend.slope) === Math.sign(last_deviation.deviation)
}
