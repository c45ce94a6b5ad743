import { describe, expect, test } from 'vitest'
import { alarmMetrics } from '../../src/training/alarms.ts'
import type { Dataset } from '../../src/training/dataset.ts'

/** Hourly runs: the first fails after 40 days, the second stays healthy for 40. */
function twoRuns(): Dataset {
  const rows = 2 * 40 * 24
  const inRun = (row: number) => row % 960
  return {
    features: ['flow'],
    classes: ['normal', 'wear'],
    rows,
    values: new Float64Array(rows),
    labels: Uint8Array.from({ length: rows }, (_, row) => (row < 960 && row >= 960 - 20 * 24 ? 1 : 0)),
    runs: Int32Array.from({ length: rows }, (_, row) => Math.floor(row / 960)),
    runNames: ['fails', 'healthy'],
    timesMs: Float64Array.from({ length: rows }, (_, row) => inRun(row) * 3_600_000),
    warned: new Uint8Array(rows),
    worstDeviations: new Float64Array(rows),
    rulDays: Float64Array.from({ length: rows }, (_, row) => (row < 960 ? (960 - inRun(row)) / 24 : Number.NaN)),
  }
}

describe('alarms', () => {
  test('count from the first one within 30 days of the failure that finds a fault which is there', () => {
    const metrics = alarmMetrics(twoRuns(), (row) => row === 960 - 25 * 24 || (row < 960 && row >= 960 - 10 * 24))
    expect(metrics).toMatchObject({
      failing_runs: 1,
      at_least_7_days_ahead: 1,
      from_2_to_14_days_ahead: 1,
      median_days_ahead: 10,
      false_alarms: 0,
    })
  })

  test('are false in a healthy run and more than 30 days before a failure; one that lasts counts once', () => {
    const data = twoRuns()
    const metrics = alarmMetrics(
      data,
      (row) => (row >= 10 && row < 40) || row === 960 + 100 || row === 960 + 110 || row === 960 + 500,
    )
    expect(metrics).toMatchObject({ false_alarms: 3, at_least_7_days_ahead: 0, median_days_ahead: 0 })
    expect(metrics.pump_years_without_failure).toBeCloseTo((10 + 40) / 365.25, 2)
  })
})
