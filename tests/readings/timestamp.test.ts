import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createTimestampReader, dayMonthOrder } from '../../src/readings/timestamp.ts'
import { timestampPattern } from '../../src/readings/timestamp-pattern.ts'

const utc = createTimestampReader(null, 'UTC', 'month-first')
const isoOf = (ms: number): string => (Number.isNaN(ms) ? 'none' : new Date(ms).toISOString())

describe('the timestamps that sites write are read without being told their format', () => {
  test.each([
    ['06/01/2024 00:00', '2024-06-01T00:00:00.000Z'],
    ['5/1/2024 0:00', '2024-05-01T00:00:00.000Z'],
    ['2025-07-15 23:25:06', '2025-07-15T23:25:06.000Z'],
    ['2025-07-15T23:25:06', '2025-07-15T23:25:06.000Z'],
    ['2025-07-15T23:25:06Z', '2025-07-15T23:25:06.000Z'],
    ['2025-07-15T23:25:06.789Z', '2025-07-15T23:25:06.789Z'],
    ['2025-07-15T23:25:06,7Z', '2025-07-15T23:25:06.700Z'],
    ['2025-07-15T23:25:06.123456789Z', '2025-07-15T23:25:06.123Z'],
    ['2025-07-15T23:25:06+02:00', '2025-07-15T21:25:06.000Z'],
    ['2025-07-15T23:25:06-0730', '2025-07-16T06:55:06.000Z'],
    ['2025-07-15 23:25 +02', '2025-07-15T21:25:00.000Z'],
    ['2025-07-15 23:25:06 UTC', '2025-07-15T23:25:06.000Z'],
    ['20250715T232506Z', '2025-07-15T23:25:06.000Z'],
    ['20250715T2325', '2025-07-15T23:25:00.000Z'],
    ['2025/7/5 3:05', '2025-07-05T03:05:00.000Z'],
    ['2025-07-15', '2025-07-15T00:00:00.000Z'],
    ['15.07.2025 23:25', '2025-07-15T23:25:00.000Z'],
    ['15-Jul-2025 23:25:06', '2025-07-15T23:25:06.000Z'],
    ['15 July 2025 23:25', '2025-07-15T23:25:00.000Z'],
    ['7/15/25 23:25', '2025-07-15T23:25:00.000Z'],
    ['7/15/2025 11:25 PM', '2025-07-15T23:25:00.000Z'],
    ['7/15/2025, 12:00:00 a.m.', '2025-07-15T00:00:00.000Z'],
    ['7/15/2025 12:00:00\u202fPM', '2025-07-15T12:00:00.000Z'],
    ['  2025-07-15 23:25:06\r', '2025-07-15T23:25:06.000Z'],
    ['2024-02-29 00:00', '2024-02-29T00:00:00.000Z'],
    ['2024-12-31 24:00', '2025-01-01T00:00:00.000Z'],
    ['2016-12-31 23:59:60', '2017-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(isoOf(utc.read(text))).toBe(iso)
  })

  test.each([
    '',
    '2025',
    '2025-07',
    '2025-13-01 00:00',
    '2025-02-29 00:00',
    '1900-02-29 00:00',
    '2025-04-31',
    '2025-07-15 24:01',
    '2025-07-15 23:60',
    '2025-07-15 23:25:61',
    '2025-07-15 13:00 PM',
    '2025-07-15 0:00 AM',
    '2025-07-15 23',
    '2025-07-15 23:25:06.',
    '2025-07-15 23:25:06 CEST',
    '2025-07-15 23:25:06 x',
    '2025-07/15 23:25',
    '7/15/205 23:25',
    '1/2/3',
    '15 7 2025',
    '1721085906',
    '\u00002025-07-15 23:25:06',
  ])('"%s" is no timestamp', (text) => {
    expect(utc.read(text)).toBeNaN()
  })

  test('every instant comes back from the forms that programs print', () => {
    const locales = ['en-US', 'de-DE', 'sv-SE']
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }), (date) => {
        expect(utc.read(date.toISOString())).toBe(date.getTime())
        expect(utc.read(date.toISOString().replace('T', ' ').replace('Z', ''))).toBe(date.getTime())
        for (const locale of locales) {
          expect(utc.read(date.toLocaleString(locale, { timeZone: 'UTC' }))).toBe(Math.floor(date.getTime() / 1000) * 1000)
        }
      }),
    )
  })
})

describe('a configured pattern is read as it stands, and nothing else', () => {
  test.each([
    ['MM/DD/YYYY HH:mm', '06/01/2024 00:00', '2024-06-01T00:00:00.000Z'],
    ['MM/DD/YYYY HH:mm', '5/1/2024 0:00', '2024-05-01T00:00:00.000Z'],
    ['DD/MM/YYYY HH:mm', '06/01/2024 00:00', '2024-01-06T00:00:00.000Z'],
    ['DD.MM.YY HH:mm:ss', '01.06.24 12:30:15', '2024-06-01T12:30:15.000Z'],
    ['D MMM YYYY h:mm A', '1 June 2024 12:05 am', '2024-06-01T00:05:00.000Z'],
    ['YYYY-MM-DD[T]HH:mm:ss.SSSZ', '2024-06-01T12:00:00.25+02:00', '2024-06-01T10:00:00.250Z'],
    ['YYYYMMDDHHmm', '202406011230', '2024-06-01T12:30:00.000Z'],
    ['HH:mm YYYY-MM-DD', '12:30  2024-06-01', '2024-06-01T12:30:00.000Z'],
    ['epoch_s', '1717200000', '2024-06-01T00:00:00.000Z'],
    ['epoch_s', '1717200000.5', '2024-06-01T00:00:00.500Z'],
    ['epoch_ms', '1717200000123', '2024-06-01T00:00:00.123Z'],
    ['MM/DD/YYYY HH:mm', '2024-06-01 00:00', 'none'],
    ['MM/DD/YYYY HH:mm', '13/01/2024 00:00', 'none'],
    ['MM/DD/YYYY HH:mm', '06/01/2024 00:00 x', 'none'],
    ['epoch_s', '2024-06-01', 'none'],
    ['epoch_s', '1717200000123', 'none'],
  ])('%s reads "%s" as %s', (pattern, text, iso) => {
    expect(isoOf(createTimestampReader(pattern, 'UTC', 'month-first').read(text))).toBe(iso)
  })

  test.each([
    ['MM/DD/YYYY HH:mm', /^\s*(?<month>\d\d?)\/(?<day>\d\d?)\/(?<year>\d{4})\s+(?<hour>\d\d?):(?<minute>\d\d?)\s*$/],
    ['YYYYMMDD HHmm', /^\s*(?<year>\d{4})(?<month>\d\d?)(?<day>\d\d?)\s+(?<hour>\d\d?)(?<minute>\d\d?)\s*$/],
    ['[on] DD.MM.YY', /^\s*on\s+(?<day>\d\d?)\.(?<month>\d\d?)\.(?<year>\d\d)\s*$/],
  ])('%s reads what its regular expression takes, and nothing else', (pattern, regex) => {
    const { read } = createTimestampReader(pattern, 'UTC', 'month-first')
    const near = fc
      .tuple(fc.stringMatching(regex), fc.nat({ max: 20 }), fc.constantFrom('', '0', ' ', ':', 'x'), fc.boolean())
      .map(([text, at, other, isChanged]) => (isChanged ? text.slice(0, at) + other + text.slice(at + 1) : text))
    fc.assert(
      fc.property(near, (text) => {
        const { year, month, day, hour = '0', minute = '0' } = regex.exec(text)?.groups ?? {}
        const [y, m, d] = [Number(year?.length === 2 ? `20${year}` : year), Number(month), Number(day)]
        const dayMs = new Date(0).setUTCFullYear(y, m - 1, d)
        const isDay = new Date(dayMs).getUTCMonth() === m - 1 && d > 0
        const isTime = Number(minute) < 60 && (Number(hour) < 24 || (Number(hour) === 24 && Number(minute) === 0))
        const expected = isDay && isTime ? dayMs + (Number(hour) * 60 + Number(minute)) * 60_000 : Number.NaN
        expect(read(text)).toBe(expected)
      }),
      { numRuns: 3000 },
    )
  })

  test.each([
    ['MM/DD HH:mm', 'does not name year, month and day'],
    ['MM/DD/MM/YYYY', 'names the month twice'],
    ['MMM/DD/MM/YYYY', 'names the month twice'],
    ['MM/DD/YYYY hh:mm', 'has hours of 12 without AM or PM'],
    ['%m/%d/%Y %H:%M', 'does not name year, month and day'],
  ])('%s is refused, because it %s', (pattern, what) => {
    expect(timestampPattern(pattern)).toMatchObject({ kind: 'wrong', what })
  })
})

describe('whether the day or the month comes first is decided once per file', () => {
  test.each([
    [['06/13/2024 00:00'], 'month-first', true],
    [['13/06/2024 00:00'], 'day-first', true],
    [['06/01/2024 00:00', '06/01/2024 01:00'], 'month-first', false],
    [['05/05/2024 00:00'], 'month-first', true],
    // Neighbouring days stay neighbours only in the right order.
    [['01/06/2024 23:50', '02/06/2024 00:00'], 'day-first', true],
    [['06/01/2024 23:50', '06/02/2024 00:00'], 'month-first', true],
    [['2024-06-01 00:00'], 'month-first', true],
    [[], 'month-first', true],
  ] as const)('%j is %s, certain: %s', (sample, order, certain) => {
    expect(dayMonthOrder(sample)).toMatchObject({ order, certain })
  })

  test('a row that contradicts the majority does not turn the file over', () => {
    expect(dayMonthOrder(['06/13/2024', '06/14/2024', '15/06/2024'])).toMatchObject({ order: 'month-first', certain: true })
  })
})
