import type { Severity } from '../pump/status.ts'
import type { Style } from './terminal.ts'
import type { Trend } from './trends.ts'

export const STATUS_STYLES: Readonly<Record<Severity, Style>> = {
  Normal: 'green',
  Warning: 'yellow',
  Critical: 'magenta',
  Failure: 'red',
}

/** With its sign; a minus is as wide as a plus. */
export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits)
  return `${value > 0 ? '+' : value < 0 ? '−' : ''}${text}`
}

const HOUR_MS = 3_600_000

/** A length of time for people: `45 min`, `3.5 h`, `12 d`. */
export function lengthInWords(ms: number): string {
  if (ms < HOUR_MS) return `${Math.round(ms / 60_000)} min`
  if (ms < 48 * HOUR_MS) return `${Number((ms / HOUR_MS).toFixed(1))} h`
  return `${Number((ms / (24 * HOUR_MS)).toFixed(1))} d`
}

/** `1 episode`, `2 episodes`, `3 anomalies`. */
export function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`
  return `${count} ${/[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`}`
}

/** Below this a trend is called one. */
const CLEAR = 0.05

/** `−2.1 points a month (p = 0.003)`, or that there is none that chance would not make. */
export function trendInWords(trend: Trend | null): string {
  if (trend === null) return 'too few days to tell'
  const p = trend.p < 0.001 ? 'p < 0.001' : `p = ${trend.p.toFixed(trend.p < 0.1 ? 3 : 2)}`
  const slope = `${signed(trend.slope, 1)} points in 30 days`
  return trend.p < CLEAR ? `${slope} (${p})` : `none that is clear: ${slope} (${p})`
}
