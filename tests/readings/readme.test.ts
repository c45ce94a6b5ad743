import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MALFORMED } from './malformed.ts'
import { tables } from './tables.ts'

test('the tables of src/readings/README.md say what the code does (node tests/readings/tables.ts prints them)', async () => {
  const readme = await readFile(join(import.meta.dirname, '../../src/readings/README.md'), 'utf8')
  for (const table of tables()) expect(readme).toContain(table)
})

test('every kind of malformed input stands in the table once, and there are at least forty', () => {
  const kinds = MALFORMED.map(({ kind }) => kind)
  expect(new Set(kinds).size).toBe(kinds.length)
  expect(kinds.length).toBeGreaterThanOrEqual(40)
})
