import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseResultsFileName, resultsFileName } from '../../src/state/results-file.ts'
import { boundBySize, pruneResults, removeSuperseded } from '../../src/state/retention.ts'
import { testFolder } from './folder.ts'

const DAY = 86_400_000
const START = Date.UTC(2025, 6, 15)
const range = (first: number, last: number) => resultsFileName(START + first * DAY, START + last * DAY, 'json')

test("a results file's name carries its first and last event time and sorts by them", () => {
  const name = resultsFileName(Date.UTC(2025, 6, 15, 23, 25, 6), Date.UTC(2025, 6, 16), 'ndjson')
  expect(name).toBe('2025-07-15T232506.000Z_2025-07-16T000000.000Z.ndjson')
  expect(parseResultsFileName(name)).toEqual({ name, firstMs: Date.UTC(2025, 6, 15, 23, 25, 6), lastMs: Date.UTC(2025, 6, 16) })
})

test.for(['notes.txt', '2025-07-15T232506.000Z.json', '2025-99-15T232506.000Z_2025-07-16T000000.000Z.json'])(
  '%s is no results file',
  (name) => {
    expect(parseResultsFileName(name)).toBeNull()
  },
)

test('results are removed when their last event is older than the retention, counted from the newest event', () => {
  const folder = testFolder()
  const names = [range(0, 1), range(1, 2), range(2, 31), range(31, 32)]
  for (const name of [...names, 'notes.txt']) writeFileSync(join(folder, name), '[]')
  expect(pruneResults(folder, 30, START + 32 * DAY)).toEqual([range(0, 1)])
  expect(readdirSync(folder).sort()).toEqual([...names.slice(1), 'notes.txt'])
})

test('results of a run that was cut off before its state are removed when their readings are judged again', () => {
  const folder = testFolder()
  for (const name of [range(0, 1), range(2, 3), range(2, 4)]) writeFileSync(join(folder, name), '[]')
  const kept = parseResultsFileName(range(2, 4))
  expect(kept).not.toBeNull()
  if (kept !== null) expect(removeSuperseded(folder, kept)).toEqual([range(2, 3)])
})

test('a bounded folder gives up the files whose names come first, and says how many', () => {
  const folder = testFolder()
  for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), 'x'.repeat(10))
  expect(boundBySize(folder, 30)).toEqual([])
  expect(boundBySize(folder, 15)).toEqual(['a', 'b'])
  expect(readdirSync(folder)).toEqual(['c'])
})
