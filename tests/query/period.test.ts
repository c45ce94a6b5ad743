import { describe, expect, test } from 'vitest'
import { readLength, readPeriod } from '../../src/query/period.ts'

const NOW = Date.parse('2026-03-15T10:00:00Z')
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString())

function period(from: string | undefined, to?: string, zone = 'UTC') {
  const read = readPeriod(from, to, zone, NOW)
  return read.kind === 'ok' ? [iso(read.fromMs), iso(read.toMs)] : read.option
}

describe('a period', () => {
  test.each([
    ['last month', undefined, 'UTC', '2026-02-01T00:00:00.000Z', '2026-02-28T23:59:59.999Z'],
    ['Last Month', undefined, 'Europe/Vienna', '2026-01-31T23:00:00.000Z', '2026-02-28T22:59:59.999Z'],
    ['this month', undefined, 'America/New_York', '2026-03-01T05:00:00.000Z', '2026-04-01T03:59:59.999Z'],
    ['last week', undefined, 'UTC', '2026-03-02T00:00:00.000Z', '2026-03-08T23:59:59.999Z'],
    ['last year', undefined, 'UTC', '2025-01-01T00:00:00.000Z', '2025-12-31T23:59:59.999Z'],
    ['yesterday', undefined, 'Asia/Kolkata', '2026-03-13T18:30:00.000Z', '2026-03-14T18:29:59.999Z'],
    ['7d', undefined, 'UTC', '2026-03-08T10:00:00.000Z', null],
    ['90m', '30m', 'UTC', '2026-03-15T08:30:00.000Z', '2026-03-15T09:30:00.000Z'],
    ['2026-11-01', undefined, 'UTC', '2026-11-01T00:00:00.000Z', null],
    ['2026-01', '2026-02', 'UTC', '2026-01-01T00:00:00.000Z', '2026-02-28T23:59:59.999Z'],
    ['2026-03-01', '2026-03-01', 'Europe/Vienna', '2026-02-28T23:00:00.000Z', '2026-03-01T22:59:59.999Z'],
    ['2026-03-29T02:30', undefined, 'Europe/Vienna', '2026-03-29T01:30:00.000Z', null],
    ['2026-03-01T06:00:00+02:00', 'now', 'America/New_York', '2026-03-01T04:00:00.000Z', '2026-03-15T10:00:00.000Z'],
  ])('from %s to %s in %s is %s to %s', (from, to, zone, first, last) => {
    expect(period(from, to, zone)).toEqual([first, last])
  })

  test('that is none names the option at fault', () => {
    expect(period('last fortnight')).toBe('from')
    expect(period('2026-02-30')).toBe('from')
    expect(period('7d', '25:00')).toBe('to')
    expect(period('2026-01-01T24:01')).toBe('from')
  })

  test('lengths are read with their unit only', () => {
    expect(['30s', '5m', '24h', '7d', '2w'].map(readLength)).toEqual([30_000, 300_000, 86_400_000, 604_800_000, 1_209_600_000])
    expect(['7', 'd', '-7d', '1.5h', '7 d'].map(readLength)).toEqual([null, null, null, null, null])
  })
})
