import { median, theilSen } from '../model/theil-sen.ts'
import { PARAMETERS, type Parameter } from '../pump/quantities.ts'
import { mannKendall, significance } from './mann-kendall.ts'
import { pumpKey } from './pump-label.ts'
import type { Reported } from './reported.ts'

const DAY_MS = 86_400_000
/** More days than this are joined into longer slots: pairs grow with the square. */
const MOST_SLOTS = 200

interface Days {
  readonly days: number[]
  readonly medians: number[]
  day: number
  values: number[]
}

/** The trend of one parameter's reported deviations. */
export interface Trend {
  readonly pumps: number
  /** Theil–Sen slope, the median over the pumps [percentage points per 30 days]. */
  readonly slope: number
  readonly z: number
  /** Probability of so clear a trend by chance. */
  readonly p: number
}

export interface Trends {
  /** Takes anomalies in order of time. */
  readonly add: (anomaly: Reported) => void
  /** By parameter, over the pumps given, or all; null where no pump has values of eight days. */
  readonly of: (parameter: Parameter, pump?: string) => Trend | null
}

/** Trends of the daily medians (days of UTC) of the deviations of parameters that anomalies name. */
export function createTrends(): Trends {
  const series = new Map<Parameter, Map<string, Days>>(PARAMETERS.map((name) => [name, new Map()]))
  return {
    add: (anomaly) => {
      const day = Math.floor(anomaly.timeMs / DAY_MS)
      for (const parameter of PARAMETERS) {
        const deviation = anomaly.deviations[parameter]
        if (deviation === null || !anomaly.parameters.includes(parameter)) continue
        const pumps = series.get(parameter)
        const key = pumpKey(anomaly)
        const days = pumps?.get(key) ?? { days: [], medians: [], day, values: [] }
        if (day !== days.day) endDay(days, day)
        days.values.push(deviation)
        pumps?.set(key, days)
      }
    },
    of: (parameter, pump) => {
      const pumps = series.get(parameter) ?? new Map<string, Days>()
      const chosen = pump === undefined ? [...pumps.values()] : [pumps.get(pump)].filter((days) => days !== undefined)
      return trendOf(chosen.map(slotsOf))
    },
  }
}

function endDay(days: Days, next: number): void {
  days.days.push(days.day)
  days.medians.push(median(days.values))
  days.day = next
  days.values = []
}

/** Days and their medians, the unfinished day included; joined into longer slots where there are too many. */
function slotsOf({ days, medians, day, values }: Days): { x: number[]; y: number[] } {
  const [x, y] =
    values.length === 0
      ? [days, medians]
      : [
          [...days, day],
          [...medians, median(values)],
        ]
  if (x.length <= MOST_SLOTS) return { x, y }
  const size = Math.ceil(x.length / MOST_SLOTS)
  const starts = Array.from({ length: Math.ceil(x.length / size) }, (_, i) => i * size)
  return {
    x: starts.map((start) => median(x.slice(start, start + size))),
    y: starts.map((start) => median(y.slice(start, start + size))),
  }
}

function trendOf(series: readonly { x: number[]; y: number[] }[]): Trend | null {
  const tested = series.flatMap(({ x, y }) => {
    const sum = mannKendall(x, y)
    return sum === null ? [] : [{ sum, slope: theilSen(x, y, 0).slope * 30 }]
  })
  if (tested.length === 0) return null
  const s = tested.reduce((total, { sum }) => total + sum.s, 0)
  const variance = tested.reduce((total, { sum }) => total + sum.variance, 0)
  return { pumps: tested.length, slope: median(tested.map(({ slope }) => slope)), ...significance({ s, variance }) }
}
