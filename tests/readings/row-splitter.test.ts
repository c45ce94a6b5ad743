import { Readable } from 'node:stream'
import fc from 'fast-check'
import Papa from 'papaparse'
import { describe, expect, test } from 'vitest'
import { createRowSplitter } from '../../src/readings/row-splitter.ts'
import { HEADER, readAll, setupWith } from './batch.ts'

interface Split {
  readonly rows: readonly (readonly string[])[]
  readonly lines: readonly number[]
  readonly broken: readonly number[]
}

function split(pieces: readonly string[], width: number): Split {
  const rows: string[][] = []
  const lines: number[] = []
  const broken: number[] = []
  const sink = {
    row: (cells: readonly string[], line: number) => {
      rows.push([...cells])
      lines.push(line)
    },
    broken: (_: string, line: number) => broken.push(line),
  }
  const splitter = createRowSplitter({ delimiter: ',', newline: '\n', width }, sink)
  for (const piece of pieces) splitter.push(piece)
  const last = splitter.end()
  if (last !== '') splitter.takeLast(last)
  return { rows, lines, broken }
}

/** A text cut at some places. */
const cutText = (text: fc.Arbitrary<string>) =>
  text.chain((whole) =>
    fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 6 }).map((places) => {
      const ends = [...places.sort((a, b) => a - b), whole.length]
      return { whole, pieces: ends.map((end, i) => whole.slice(ends[i - 1] ?? 0, end)) }
    }),
  )

const cell = fc.constantFrom('1.5', '', ' x ', 'a,b', 'a\nb', 'say "ha"', '2024-06-01 00:00')
const table = fc.integer({ min: 1, max: 4 }).chain((width) => {
  return fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 })
})

describe('text becomes rows however it arrives', () => {
  test('what papaparse writes is read back cell by cell, cut anywhere', () => {
    fc.assert(
      fc.property(
        table.chain((rows) => fc.tuple(fc.constant(rows), cutText(fc.constant(Papa.unparse(rows, { newline: '\n' }))))),
        ([rows, { whole, pieces }]) => {
          // A last row that is one empty cell is no row.
          fc.pre(whole !== '' && !whole.endsWith('\n'))
          expect(split(pieces, rows[0]?.length ?? 0)).toMatchObject({ rows, broken: [] })
        },
      ),
    )
  })

  test('any text gives the same rows cut into pieces as whole', () => {
    const text = fc
      .array(fc.constantFrom('a', '1', ',', '"', '\n', '\r\n', ' '), { maxLength: 80 })
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(cutText(text), ({ whole, pieces }) => {
        expect(split(pieces, 3)).toEqual(split([whole], 3))
      }),
      { numRuns: 2000 },
    )
  })

  test('lines are counted through quoted line breaks', () => {
    expect(split(['a,b\n"x\ny",2\n3,4\n'], 2)).toEqual({
      rows: [
        ['a', 'b'],
        ['x\ny', '2'],
        ['3', '4'],
      ],
      lines: [1, 2, 4],
      broken: [],
    })
  })

  test('a stray quote costs its own line and no other', () => {
    const { lines, broken } = split(['a,b\n1,"2\n3,4\n5,6\n"7,8\n9,0\n'], 2)
    expect([lines, broken]).toEqual([
      [1, 3, 4, 6],
      [2, 5],
    ])
  })

  test('two stray quotes do not swallow what stands between them', () => {
    const { rows, broken } = split(['a,b\n1,"2\n3",4\n5,6\n'], 2)
    expect(rows).toEqual([
      ['a', 'b'],
      ['3"', '4'],
      ['5', '6'],
    ])
    expect(broken).toEqual([2])
  })

  test('a file with a stray quote in every line is read in one pass, each line by itself', () => {
    const { rows, broken } = split([`a,b\n${'"1,2\n'.repeat(20_000)}3,4\n`], 2)
    expect(rows.length + broken.length).toBe(20_002)
    expect(rows.at(-1)).toEqual(['3', '4'])
  })

  test('a run reads the same rows from standard input however it is cut', async () => {
    const text = `\ufeff${HEADER}${Array.from({ length: 40 }, (_, i) => `2024-06-01 00:${String(i).padStart(2, '0')},5${i},"30",6\r\n`).join('')}`
    const bytes = Buffer.from(text)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 40 }), async (sizes) => {
        const pieces: Buffer[] = []
        let at = 0
        for (let i = 0; at < bytes.length; i++) {
          const end = at + (sizes[i % sizes.length] ?? 1)
          pieces.push(bytes.subarray(at, end))
          at = end
        }
        const { readings } = await readAll('-', setupWith({ stdin: () => Readable.from(pieces) }))
        expect(readings.map(({ line, quantities }) => [line, quantities.flow])).toEqual(
          Array.from({ length: 40 }, (_, i) => [i + 2, Number(`5${i}`)]),
        )
      }),
    )
  })
})
