import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { csvHeader } from '../../src/query/csv.ts'
import { querySchema } from '../../src/query/settings.ts'

const readme = readFileSync(new URL('../../src/query/README.md', import.meta.url), 'utf8')

interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly default?: unknown
  readonly description?: string
}

/** What the table of the configuration must say. */
function rowsOf(node: Node, path = ''): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    if (child.properties !== undefined) return rowsOf(child, `${path}${name}.`)
    return [`| \`${path}${name}\` | ${child.default === undefined ? '' : `\`${child.default}\``} | ${child.description} |`]
  })
}

/** Code words in the first cells of the table under a head. */
function firstCells(head: string): string[] {
  const [, table = ''] = readme.split(`${head}\n|---|---|\n`)
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n')
  return rows.flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, word]) => word ?? ''))
}

test('the README has every key of the configuration with its default and meaning', () => {
  const rows = rowsOf(z.toJSONSchema(querySchema, { io: 'input' }) as Node)
  expect(rows.length).toBeGreaterThan(10)
  for (const row of rows) expect(readme).toContain(row)
})

test('the README has every column of the CSV, in its order', () => {
  expect(firstCells('| column | meaning |')).toEqual(csvHeader().trimEnd().split(','))
})
