import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLocalClock, createOffsets, isTimeZone } from '../../src/readings/time-zone.ts'
import { readOffsets, writeDownOffsets } from '../../src/readings/zone-offsets.ts'

/** Reads local times of one zone in the order given. */
function inZone(zone: string, ...locals: readonly string[]): string[] {
  const clock = createLocalClock(zone)
  return locals.map((local) => new Date(clock.toUtc(Date.parse(`${local}Z`))).toISOString().slice(0, 16))
}

describe('local times become instants', () => {
  test.each([
    ['UTC', '2024-06-01T00:00', '2024-06-01T00:00'],
    ['America/Los_Angeles', '2024-06-01T00:00', '2024-06-01T07:00'],
    ['America/Los_Angeles', '2024-12-01T00:00', '2024-12-01T08:00'],
    ['Europe/Berlin', '2024-06-01T00:00', '2024-05-31T22:00'],
    ['Asia/Kolkata', '2024-06-01T00:00', '2024-05-31T18:30'],
    ['Asia/Kathmandu', '2024-06-01T00:00', '2024-05-31T18:15'],
    ['Pacific/Kiritimati', '2024-06-01T00:00', '2024-05-31T10:00'],
    ['+05:30', '2024-06-01T00:00', '2024-05-31T18:30'],
    // The change itself: clocks in the United States went forward at 2:00 on 10 March 2024, in the EU at 1:00 UTC on 31 March.
    ['America/Los_Angeles', '2024-03-10T01:59', '2024-03-10T09:59'],
    ['America/Los_Angeles', '2024-03-10T03:00', '2024-03-10T10:00'],
    ['Europe/Berlin', '2024-03-31T01:59', '2024-03-31T00:59'],
    ['Europe/Berlin', '2024-03-31T03:00', '2024-03-31T01:00'],
    ['Europe/Berlin', '2024-10-27T01:59', '2024-10-26T23:59'],
    ['Europe/Berlin', '2024-10-27T03:00', '2024-10-27T02:00'],
    // Samoa left out 30 December 2011.
    ['Pacific/Apia', '2011-12-29T23:59', '2011-12-30T09:59'],
    ['Pacific/Apia', '2011-12-31T00:00', '2011-12-30T10:00'],
  ])('%s: %s is %s UTC', (zone, local, utc) => {
    expect(inZone(zone, local)).toEqual([utc])
  })

  test('a time that the change to daylight time leaves out is read with the offset before the change', () => {
    expect(inZone('America/Los_Angeles', '2024-03-10T02:30')).toEqual(['2024-03-10T10:30'])
    expect(inZone('Australia/Lord_Howe', '2024-10-06T02:15')).toEqual(['2024-10-05T15:45'])
  })

  test('a time that exists twice is the first one', () => {
    expect(inZone('Europe/Berlin', '2024-10-27T02:30')).toEqual(['2024-10-27T00:30'])
  })

  test('a file that steps back through the repeated hour is read to its end without a gap or a double', () => {
    const hour = ['02:00', '02:15', '02:30', '02:45'].map((time) => `2024-10-27T${time}`)
    expect(inZone('Europe/Berlin', '2024-10-27T01:45', ...hour, ...hour, '2024-10-27T03:00')).toEqual([
      ...['2024-10-26T23:45', '2024-10-27T00:00', '2024-10-27T00:15', '2024-10-27T00:30', '2024-10-27T00:45'],
      ...['2024-10-27T01:00', '2024-10-27T01:15', '2024-10-27T01:30', '2024-10-27T01:45', '2024-10-27T02:00'],
    ])
  })

  test('an hourly file has the repeated hour twice', () => {
    const rows = ['01:00', '02:00', '02:00', '03:00'].map((time) => `2024-10-27T${time}`)
    expect(inZone('Europe/Berlin', ...rows)).toEqual([
      '2024-10-26T23:00',
      '2024-10-27T00:00',
      '2024-10-27T01:00',
      '2024-10-27T02:00',
    ])
  })

  test('rows a little out of order and doubled rows do not count as stepping back', () => {
    const rows = ['02:30', '02:25', '02:31', '02:31', '02:32'].map((time) => `2024-10-27T${time}`)
    expect(inZone('Europe/Berlin', ...rows)).toEqual(
      ['00:30', '00:25', '00:31', '00:31', '00:32'].map((time) => `2024-10-27T${time}`),
    )
  })

  test('the repeated half hour of Lord Howe is told apart too', () => {
    const rows = ['01:30', '01:45', '01:30', '01:45', '02:00'].map((time) => `2024-04-07T${time}`)
    expect(inZone('Australia/Lord_Howe', ...rows)).toEqual(
      ['14:30', '14:45', '15:00', '15:15', '15:30'].map((time) => `2024-04-06T${time}`),
    )
  })

  test("the next year's repeated hour starts with its first pass again", () => {
    expect(inZone('Europe/Berlin', '2023-10-29T02:00', '2023-10-29T02:59', '2023-10-29T02:00', '2024-10-27T02:00').at(-1)).toBe(
      '2024-10-27T00:00',
    )
  })

  test('every instant comes back from the wall clock of its zone, or from the first pass through its repeated hour', () => {
    const zones = [
      'America/Los_Angeles',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Africa/Casablanca',
      'America/St_Johns',
      'Asia/Tehran',
    ]
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(1975, 0) / 60_000, max: Date.UTC(2037, 0) / 60_000 }),
        (zone, minute) => {
          const instant = minute * 60_000
          // The wall clock by another way than the offsets in use.
          const wall = (ms: number) =>
            Date.parse(`${new Date(ms).toLocaleString('sv-SE', { timeZone: zone }).replace(' ', 'T')}Z`)
          const back = createLocalClock(zone).toUtc(wall(instant))
          expect(wall(back)).toBe(wall(instant))
          expect(back).toBeLessThanOrEqual(instant)
        },
      ),
      { numRuns: 2000 },
    )
  })
})

test.each([
  ['America/Los_Angeles', true],
  ['UTC', true],
  ['+02:00', true],
  ['America/Los_Angles', false],
  ['', false],
])('"%s" is a time zone: %s', (zone, known) => {
  expect(isTimeZone(zone)).toBe(known)
})

/** One zone in eight, and those with rules of their own. */
const ZONES = [
  ...Intl.supportedValuesOf('timeZone').filter((_, n) => n % 8 === 0),
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Asia/Tehran',
  'Europe/Berlin',
  '+05:30',
]

test('what is written down of a zone is what the tz database says, at and around each change and between them', () => {
  for (const zone of ZONES) {
    const asked = createOffsets(zone)
    const written = writeDownOffsets(asked)
    const read = readOffsets(written)
    const around = written.changes.flatMap(([ms]) => [ms - 900_000, ms, ms + 1])
    const between = Array.from({ length: 350 }, (_, n) => Date.UTC(2000, n * 2, 1 + ((n * 7) % 28), n % 24))
    const wrong = [...around, ...between].filter((ms) => ms >= written.from_ms && ms < written.to_ms && read(ms) !== asked(ms))
    expect(wrong.map((ms) => `${zone} at ${new Date(ms).toISOString()}`)).toEqual([])
  }
}, 60_000)

test('outside of what is written down the tz database is asked', () => {
  const written = writeDownOffsets(createOffsets('America/Los_Angeles'))
  expect(readOffsets(written)(written.to_ms)).toBeNaN()
  for (const utcMs of [Date.UTC(1975, 6), Date.UTC(2065, 6)]) {
    expect(createOffsets('America/Los_Angeles', written)(utcMs)).toBe(-7 * 3_600_000)
  }
})
