import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { REORDER_ROWS } from '../../src/readings/ordering.ts'
import type { Reading } from '../../src/readings/reading.ts'
import type { RowTally } from '../../src/readings/tally.ts'
import { HEADER, MINUTE_MS, NOW_MS, readText } from './batch.ts'

const START_MS = Date.UTC(2024, 5, 1)
const rowOf = (minute: number, flow = minute) => `${new Date(START_MS + minute * MINUTE_MS).toISOString()},${flow},30,6\n`
const minutesOf = (readings: readonly Reading[]) => readings.map(({ timeMs }) => (timeMs - START_MS) / MINUTE_MS)
const upTo = (count: number) => Array.from({ length: count }, (_, minute) => minute)

function counted(tally: RowTally): number {
  return tally.readings + tally.bad + tally.alreadyJudged + tally.duplicates + tally.late + tally.future + tally.otherPump
}

/** Rows 0 to `count` − 1, none of which more than 998 newer ones stand before. */
function shuffled(count: number) {
  return fc.array(fc.integer({ min: 0, max: REORDER_ROWS - 1 }), { minLength: count, maxLength: count }).map((delays) => {
    const place = (minute: number) => minute + (delays[minute] ?? 0)
    return upTo(count).sort((a, b) => place(a) - place(b) || a - b)
  })
}

describe('readings come in the order of time', () => {
  test('any order of rows within 1,000 gives the same readings in the same order', async () => {
    const count = 2500
    await fc.assert(
      fc.asyncProperty(shuffled(count), async (minutes) => {
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
  test('a file that grows from run to run gives each reading once', async () => {
    await fc.assert(
      fc.asyncProperty(shuffled(1200), fc.array(fc.integer({ min: 0, max: 1200 }), { maxLength: 4 }), async (minutes, cuts) => {
        const rows = upTo(1200).map((minute) => rowOf(minute))
        let watermarkMs: number | null = null
        const seen: number[] = []
        for (const end of [...cuts.filter((cut) => cut > 0).sort((a, b) => a - b), minutes.length]) {
          const { readings, tally } = await readText(HEADER + rows.slice(0, end).join(''), { watermarkMs })
          watermarkMs = tally.watermarkMs
          seen.push(...minutesOf(readings))
        }
        expect(seen).toEqual(upTo(1200))
      }),
      { numRuns: 15 },
    )
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
