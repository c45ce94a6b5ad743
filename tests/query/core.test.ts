import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { alarmMeasures } from '../../src/query/alarm-measures.ts'
import { createEpisodes, type Episode, summarise } from '../../src/query/episodes.ts'
import { mannKendall, significance } from '../../src/query/mann-kendall.ts'
import { worstMargin } from '../../src/query/margin.ts'
import { type Reported, readReported, recordOf } from '../../src/query/reported.ts'
import { sharedEvents } from '../../src/query/shared-events.ts'
import { createStatusTime } from '../../src/query/status-time.ts'
import { cutTo, printable, widthOf } from '../../src/query/text-width.ts'
import { wrapped } from '../../src/query/wrap.ts'
import { anomaly } from '../api/anomalies.ts'
import { seeded } from './fleet.ts'

const MINUTE = 60_000
const T0 = Date.UTC(2026, 0, 1)

function at(minutes: number, changes: Partial<Reported> = {}): Reported {
  const read = readReported({ ...anomaly(), id: minutes })
  if (read === null) throw new Error('not readable')
  return { ...read, timeMs: T0 + minutes * MINUTE, ...changes }
}

function episodesOf(anomalies: readonly Reported[], gapMinutes = 120): readonly Episode[] {
  const episodes = createEpisodes(gapMinutes * MINUTE)
  for (const one of anomalies) episodes.add(one)
  return episodes.all()
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

describe('episodes', () => {
  test('join reports up to the gap and no farther', () => {
    const found = episodesOf([0, 60, 120, 300].map((minutes) => at(minutes)))
    expect(found.map(({ startMs, endMs, reports }) => [(endMs - startMs) / MINUTE, reports])).toEqual([
      [120, 3],
      [0, 1],
    ])
    expect(episodesOf([at(0), at(120)])).toHaveLength(1)
    expect(episodesOf([at(0), at(121)])).toHaveLength(2)
  })

  test('are told apart by pump, site and parameter, and remember their worst', () => {
    const found = episodesOf([
      at(0, { status: 'Warning' }),
      at(1, { pumpId: 2 }),
      at(2, { siteId: 13 }),
      at(60, { parameters: ['flow', 'head'], status: 'Critical' }),
    ])
    expect(found.map(({ pump, parameter, worst }) => `${pump} ${parameter} ${worst}`)).toEqual([
      '12/1 flow Critical',
      '12/2 flow Failure',
      '13/1 flow Failure',
      '12/1 head Critical',
    ])
  })

  test('have a mean time from start to start within pump and parameter, none where none has two', () => {
    const found = episodesOf([0, 300, 900, 10].map((minutes) => at(minutes, minutes === 10 ? { pumpId: 2 } : {})))
    expect(summarise(found, median).mean_time_between_ms).toBe(450 * MINUTE)
    expect(summarise(episodesOf([at(0)]), median).mean_time_between_ms).toBeNull()
    expect(summarise([], median)).toEqual({ count: 0, median_length_ms: null, longest_ms: null, mean_time_between_ms: null })
  })
})

describe('the time in each status', () => {
  test('counts the milder of two reports, and nothing across a gap', () => {
    const time = createStatusTime(120 * MINUTE)
    const statuses = ['Warning', 'Failure', 'Failure', 'Critical'] as const
    for (const [i, minutes] of [0, 60, 90, 400].entries()) time.add(at(minutes, { status: statuses[i] ?? 'Warning' }))
    expect(time.result()).toEqual({ Normal: 0, Warning: 60 * MINUTE, Critical: 0, Failure: 30 * MINUTE })
  })
})

describe('the trend test of Mann and Kendall', () => {
  const steps = (count: number) => Array.from({ length: count }, (_, i) => i)

  test('gives S = 45 and a variance of 125 for ten rising values, and p = 0.000083', () => {
    const sum = mannKendall(steps(10), steps(10))
    expect(sum).toEqual({ s: 45, variance: 125 })
    expect(significance({ s: 45, variance: 125 }).z).toBeCloseTo(44 / Math.sqrt(125), 12)
    expect(significance({ s: 45, variance: 125 }).p).toBeCloseTo(8.303e-5, 8)
  })

  test('of equal values finds nothing, and of fewer than eight says nothing', () => {
    expect(
      significance(
        mannKendall(
          steps(9),
          steps(9).map(() => 3),
        ) ?? { s: 1, variance: 1 },
      ),
    ).toEqual({ z: 0, p: 1 })
    expect(mannKendall(steps(7), steps(7))).toBeNull()
  })

  test('is as often wrong as it says on white noise, and not much more often where days depend on each other', () => {
    const random = seeded(5)
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
    const wrong = (dependence: number) => {
      let found = 0
      for (let run = 0; run < 400; run++) {
        let value = normal() / Math.sqrt(1 - dependence ** 2)
        const y = steps(60).map(() => (value = dependence * value + normal()))
        if (significance(mannKendall(steps(60), y) ?? { s: 0, variance: 1 }).p < 0.05) found++
      }
      return found / 400
    }
    expect(wrong(0)).toBeGreaterThan(0.01)
    expect(wrong(0)).toBeLessThan(0.08)
    // Without the correction a fifth of these would be called trends.
    expect(wrong(0.5)).toBeLessThan(0.09)
  })
})

describe('alarm measures', () => {
  const start = (minutes: number, lengthMinutes = 0): Episode => ({
    siteId: 1,
    pump: '1/1',
    parameter: 'flow',
    startMs: T0 + minutes * MINUTE,
    endMs: T0 + (minutes + lengthMinutes) * MINUTE,
    reports: 1,
    worst: 'Warning',
  })
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const measure = (starts: readonly Episode[]) => alarmMeasures(starts, 10 * 86_400_000, day)

  test('ten starts in ten minutes are no flood, eleven are one, and it lasts until fewer than five came', () => {
    expect(measure(Array.from({ length: 10 }, (_, i) => start(i * 0.9)))).toMatchObject({ floods: 0, episodes_in_floods: 0 })
    expect(measure(Array.from({ length: 11 }, (_, i) => start(i * 0.9)))).toMatchObject({ floods: 1, episodes_in_floods: 11 })
    const two = [0, 1000].flatMap((from) => Array.from({ length: 15 }, (_, i) => start(from + i * 0.6)))
    expect(measure(two)).toMatchObject({ floods: 2, episodes_in_floods: 30 })
    const lasting = [
      ...Array.from({ length: 11 }, (_, i) => start(i * 0.9)),
      ...Array.from({ length: 6 }, (_, i) => start(12 + i * 2)),
    ]
    expect(measure(lasting).floods).toBe(1)
  })

  test('standing is longer than a day, and the busiest day decides with the mean', () => {
    expect(measure([start(0, 1440), start(5, 1441)]).standing).toBe(1)
    const busy = measure(Array.from({ length: 200 }, (_, i) => start(i * 7)))
    expect(busy).toMatchObject({
      episodes_per_day: 20,
      busiest_day: { day: '2026-01-01', episodes: 200 },
      verdict: 'manageable at most',
    })
  })
})

describe('shared events', () => {
  test('are starts of two pumps or more of one site within the window of the first', () => {
    const found = episodesOf([at(0), at(5, { pumpId: 2 }), at(7, { siteId: 13 }), at(11, { pumpId: 3 }), at(500, { pumpId: 4 })])
    const { events } = sharedEvents(found, 10 * MINUTE, 86_400_000)
    expect(events).toEqual([{ siteId: 12, startMs: T0, endMs: T0 + 5 * MINUTE, pumps: ['12/1', '12/2'], parameters: ['flow'] }])
  })

  test('are about as many as chance is said to make, where pumps have nothing to do with each other', () => {
    const random = seeded(3)
    const all: Episode[] = []
    for (let pump = 0; pump < 10; pump++) {
      for (let i = 0; i < 30; i++) {
        const startMs = T0 + random() * 60 * 86_400_000
        all.push({ siteId: 1, pump: `1/${pump}`, parameter: 'flow', startMs, endMs: startMs, reports: 1, worst: 'Warning' })
      }
    }
    const { events, expected_by_chance } = sharedEvents(
      all.sort((a, b) => a.startMs - b.startMs),
      10 * MINUTE,
      60 * 86_400_000,
    )
    expect(events.length / expected_by_chance).toBeGreaterThan(0.6)
    expect(events.length / expected_by_chance).toBeLessThan(1.4)
  })
})

describe('a deviation beside its limits', () => {
  test('is measured against the nearer side', () => {
    const one = at(0)
    const of = (...parameters: string[]) => worstMargin({ ...one, parameters })
    expect(of('flow')).toEqual({ parameter: 'flow', deviation: -31, limit: 0, beyond: 31 })
    expect(of('head')).toEqual({ parameter: 'head', deviation: 1.5, limit: 0, beyond: -1.5 })
    expect(of('power')).toBeNull()
    expect(of('head', 'flow')?.parameter).toBe('flow')
    expect(of('model')).toBeNull()
  })
})

describe('a record of the API', () => {
  const item = { ...anomaly(), id: 7, createdAt: '2026-01-01T00:00:01.000Z' }

  test('reads the same from objects, from JSON texts and from texts within texts', () => {
    const { additionalContext, metadata } = item
    const texts = { ...item, additionalContext: JSON.stringify(additionalContext), metadata: JSON.stringify(metadata) }
    const deep = {
      ...item,
      id: '7',
      additionalContext: {
        ...additionalContext,
        all_deviations: JSON.stringify(additionalContext.all_deviations),
        parameter: '["flow"]',
      },
    }
    const { item: _, ...plain } = readReported(item) ?? {}
    for (const form of [texts, deep]) {
      const read = readReported(form)
      expect(read).toEqual({ ...plain, item: form })
      expect(read === null ? null : { ...recordOf(read), id: 7 }).toEqual(item)
    }
  })

  test('is none without id, site, pump, time or a known status', () => {
    for (const broken of [
      { id: null },
      { siteId: 'a' },
      { pumpId: undefined },
      { timestamp: 'yesterday' },
      { additionalContext: '{' },
    ]) {
      expect(readReported({ ...item, ...broken })).toBeNull()
    }
    expect([null, 'text', [], 3].map(readReported)).toEqual([null, null, null, null])
  })
})

describe('texts in a terminal', () => {
  test('are cut to a width that counts wide and combining characters', () => {
    expect([widthOf('abc'), widthOf('−5 %'), widthOf('泵站'), widthOf('e\u0301')]).toEqual([3, 4, 4, 1])
    expect(cutTo('泵站一号', 5)).toBe('泵站…')
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(widthOf(cutTo(printable(text), width))).toBeLessThanOrEqual(width)
      }),
    )
  })

  test('cannot steer it', () => {
    expect(printable('a\u001B[31mb\r\nc\u202Ed')).toBe('a [31mb c d')
  })

  test('are wrapped at words', () => {
    expect(wrapped('one two three four', 9, 2)).toBe('one two\n  three\n  four')
  })
})
