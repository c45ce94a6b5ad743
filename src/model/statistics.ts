import type { Statistic } from './feature-names.ts'

const MS_PER_HOUR = 3_600_000

/**
 * Reduces the readings start…end−1 of a series to one number; NaN when one of them is missing (NaN), when a
 * slope's times are all equal, or when the result overflows.
 *
 * `std` is that of a sample (N − 1, as pandas' `rolling().std()`), in two passes. `slope` is the least-squares
 * slope over the event times [unit of the series per hour], so an uneven interval does not bend it.
 * Example: 1, 2, 4 at 0, 1 and 2 h have the mean 7/3, the std √(7/3) and the slope 1.5/h. Source: ours.
 *
 * @param times milliseconds since 1970-01-01 UTC, aligned to the series
 */
export function statisticOf(
  statistic: Statistic | null,
  series: Float64Array,
  times: Float64Array,
  start: number,
  end: number,
): number {
  const value = compute(statistic, series, times, start, end)
  return Number.isFinite(value) ? value : Number.NaN
}

function compute(statistic: Statistic | null, series: Float64Array, times: Float64Array, start: number, end: number): number {
  switch (statistic) {
    case null:
      return series[end - 1] as number
    case 'mean':
      return mean(series, start, end)
    case 'std':
      return std(series, start, end)
    case 'slope':
      return slope(series, times, start, end)
    case 'min': {
      let least = series[start] as number
      for (let i = start + 1; i < end; i++) least = Math.min(least, series[i] as number)
      return least
    }
    case 'max': {
      let most = series[start] as number
      for (let i = start + 1; i < end; i++) most = Math.max(most, series[i] as number)
      return most
    }
  }
}

function mean(series: Float64Array, start: number, end: number): number {
  let sum = 0
  for (let i = start; i < end; i++) sum += series[i] as number
  return sum / (end - start)
}

function std(series: Float64Array, start: number, end: number): number {
  const centre = mean(series, start, end)
  let squares = 0
  for (let i = start; i < end; i++) squares += ((series[i] as number) - centre) ** 2
  return Math.sqrt(squares / (end - start - 1))
}

function slope(series: Float64Array, times: Float64Array, start: number, end: number): number {
  const newest = times[end - 1] as number
  let meanHours = 0
  for (let i = start; i < end; i++) meanHours += ((times[i] as number) - newest) / MS_PER_HOUR
  meanHours /= end - start
  const centre = mean(series, start, end)
  let products = 0
  let squares = 0
  for (let i = start; i < end; i++) {
    const hours = ((times[i] as number) - newest) / MS_PER_HOUR - meanHours
    products += hours * ((series[i] as number) - centre)
    squares += hours * hours
  }
  return products / squares
}
