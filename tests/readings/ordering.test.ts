import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Reading } from '../../src/readings/reading.ts'
import type { RowTally } from '../../src/readings/tally.ts'
import { HEADER, MINUTE_MS, NOW_MS, readText } from './batch.ts'

/** Rows that may stand at the wrong place by so many are put in order. */
const REORDER_ROWS = 1000
const START_MS = Date.UTC(2024, 5, 1)
const rowOf = (minute: number, flow = minute) => `${new Date(START_MS + minute * MINUTE_MS).toISOString()},${flow},30,6\n`
const minutesOf = (readings: readonly Reading[]) => readings.map(({ timeMs }) => (timeMs - START_MS) / MINUTE_MS)
const upTo = (count: number) => Array.from({ length: count }, (_, minute) => minute)

function counted(tally: RowTally): number {
  return tally.readings + tally.bad + tally.alreadyJudged + tally.duplicates + tally.late + tally.future + tally.otherPump
}

/** Minutes 0 to `count` − 1, none of which `within` newer ones or more stand before. */
function shuffled(count: number, within: number, seed: number): number[] {
  let state = seed
  const random = () => {
    // Numerical Recipes' linear congruential generator; any would do.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const places = upTo(count).map((minute) => minute + Math.floor(random() * within))
  return upTo(count).sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0) || a - b)
}

describe('readings come in the order of time', () => {
  test('any order of rows within 1,000 gives the same readings in the same order', async () => {
    const count = 2500
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 1, max: REORDER_ROWS }), async (seed, within) => {
        const minutes = shuffled(count, within, seed)
        const { readings, tally } = await readText(HEADER + minutes.map((minute) => rowOf(minute)).join(''))
        expect(minutesOf(readings)).toEqual(upTo(count))
        expect(readings.map(({ quantities }) => quantities.flow)).toEqual(upTo(count))
        expect(tally).toMatchObject({ rows: count, readings: count, late: 0, duplicates: 0 })
      }),
      { numRuns: 15 },
    )
  })

  test('a row that 1,000 newer ones precede finds its place, one that 1,001 precede is late and named', async () => {
    for (const newer of [REORDER_ROWS, REORDER_ROWS + 1]) {
      const minutes = [...upTo(newer).map((minute) => minute + 1), 0]
      const { readings, tally } = await readText(HEADER + minutes.map((minute) => rowOf(minute)).join(''))
      const late = newer > REORDER_ROWS ? 1 : 0
      expect(minutesOf(readings)).toEqual(upTo(newer + 1).slice(late))
      expect(tally.late).toBe(late)
      expect(tally.notes.map(({ kind, line }) => [kind, line])).toEqual(late === 1 ? [['late', newer + 2]] : [])
    }
  })

  test('a timestamp that stands still for ten rows is a warning about the clock, once a stretch, and nine are none', async () => {
    const stuck = (minute: number, rows: number) => Array.from({ length: rows }, (_, row) => rowOf(minute, row)).join('')
    const { readings, tally } = await readText(HEADER + stuck(0, 25) + rowOf(1) + stuck(2, 9))
    expect(minutesOf(readings)).toEqual([0, 1, 2])
    expect(tally.duplicates).toBe(32)
    expect(tally.warnings).toEqual([
      expect.stringMatching(
        /the timestamp has stood still at "2024-06-01T00:00:00.000Z" for 10 rows up to line 11; .*check the clock/,
      ),
    ])
  })

  test('of two rows of one instant the first counts, near and far apart', async () => {
    const near = await readText(HEADER + rowOf(0, 10) + rowOf(1, 11) + rowOf(0, 99))
    expect(near.readings.map(({ quantities }) => quantities.flow)).toEqual([10, 11])
    expect(near.tally.duplicates).toBe(1)
    const far = await readText(
      HEADER +
        upTo(1200)
          .map((minute) => rowOf(minute))
          .join('') +
        rowOf(199, 99),
    )
    expect(far.readings).toHaveLength(1200)
    expect(far.tally).toMatchObject({ duplicates: 1, late: 0 })
  })

  test('every data row is counted once, whatever rows there are', async () => {
    const row = fc.oneof(
      fc.integer({ min: -50, max: 3000 }).map((minute) => rowOf(minute)),
      fc.constantFrom('Bad row\n', '2024-06-01T00:00:00Z,Bad,1,1\n', '2024-06-01,1\n', '2031-01-01 00:00,1,1,1\n', 'x"y,1,2,3\n'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 200 }), fc.boolean(), async (rows, later) => {
        const watermarkMs = later ? START_MS + 100 * MINUTE_MS : null
        const good = rowOf(4000)
        const { readings, tally } = await readText(HEADER + good + rows.join(''), { watermarkMs })
        expect(tally.rows).toBe(rows.length + 1)
        expect(counted(tally)).toBe(tally.rows)
        expect(readings).toHaveLength(tally.readings)
        for (const { timeMs } of readings) expect(timeMs).toBeGreaterThan(watermarkMs ?? 0)
      }),
    )
  })
})

describe('what was judged is not judged again', () => {
  test('a file that grows from run to run, in order, gives each reading once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 }), async (cuts) => {
        expect(await readGrowing(upTo(60), cuts)).toEqual({ seen: upTo(60), late: 0 })
      }),
    )
  })

  test('a file that grows from run to run in disorder gives no reading twice and none out of order', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.nat(), cuts, async (seed, places) => {
        const { seen, late } = await readGrowing(shuffled(60, 20, seed), places)
        expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
        // Whatever was late is missing; what came just behind the cut cannot be told from what was judged before.
        expect(late).toBeLessThanOrEqual(60 - seen.length)
      }),
    )
  })

  async function readGrowing(minutes: readonly number[], cuts: readonly number[]) {
    const rows = minutes.map((minute) => rowOf(minute))
    const seen: number[] = []
    let watermarkMs: number | null = null
    let late = 0
    for (const end of [...cuts.toSorted((a, b) => a - b), rows.length]) {
      const { readings, tally } = await readText(HEADER + rows.slice(0, end).join(''), { watermarkMs })
      watermarkMs = tally.watermarkMs
      late += tally.late
      seen.push(...minutesOf(readings))
    }
    return { seen, late }
  }

  test('a row that arrives after a newer one was judged is late and named, not taken for one judged before', async () => {
    const first = await readText(HEADER + rowOf(0) + rowOf(2))
    const grown = HEADER + rowOf(0) + rowOf(2) + rowOf(3) + rowOf(1) + rowOf(2) + rowOf(4)
    const { readings, tally } = await readText(grown, { watermarkMs: first.tally.watermarkMs })
    expect(minutesOf(readings)).toEqual([3, 4])
    expect(tally).toMatchObject({ alreadyJudged: 2, late: 1, duplicates: 1 })
    expect(tally.notes.map(({ kind, line }) => [kind, line])).toEqual([
      ['late', 5],
      ['duplicate', 6],
    ])
  })

  test('the same file run twice yields nothing the second time, even in disorder', async () => {
    const text = HEADER + [3, 0, 2, 1, 5, 4].map((minute) => rowOf(minute)).join('')
    const first = await readText(text)
    const second = await readText(text, { watermarkMs: first.tally.watermarkMs })
    expect(second.readings).toEqual([])
    expect(second.tally).toMatchObject({ rows: 6, alreadyJudged: 6, late: 0, watermarkMs: first.tally.watermarkMs })
  })

  test('a row from the far future neither counts nor moves the watermark', async () => {
    const future = '2031-01-01 00:00,1,1,1\n'
    const { readings, tally } = await readText(HEADER + rowOf(0) + future + rowOf(1))
    expect(minutesOf(readings)).toEqual([0, 1])
    expect(tally).toMatchObject({ future: 1, watermarkMs: START_MS + MINUTE_MS })
  })

  test('a row up to a day after the clock counts: clocks and zones are not that exact', async () => {
    const day = new Date(NOW_MS + 86_400_000).toISOString()
    const { readings } = await readText(`${HEADER}${day},50,30,6\n`)
    expect(readings).toHaveLength(1)
  })

  test('without a new reading the watermark stays where it was', async () => {
    expect((await readText(HEADER + rowOf(0), { watermarkMs: START_MS + 5 })).tally.watermarkMs).toBe(START_MS + 5)
  })
})

test('at most 20 rows of a kind are named, all are counted', async () => {
  const { tally } = await readText(HEADER + rowOf(0) + 'yesterday,1,1,1\n'.repeat(500) + rowOf(0).repeat(30))
  expect(tally).toMatchObject({ bad: 500, duplicates: 30 })
  expect(tally.notes.filter(({ kind }) => kind === 'bad')).toHaveLength(20)
  expect(tally.notes.filter(({ kind }) => kind === 'duplicate')).toHaveLength(20)
})
