import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openApiDocument } from '../../src/api/openapi.ts'

const document = openApiDocument()

test('src/api/openapi.json is the document of these schemas; serve --openapi, then biome format, writes it anew', () => {
  const kept = JSON.parse(readFileSync(new URL('../../src/api/openapi.json', import.meta.url), 'utf8'))
  expect(kept).toEqual(JSON.parse(JSON.stringify(document)))
})

test('every reference leads somewhere, and every component is used', () => {
  const text = JSON.stringify(document)
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(([, kind, name]) => `${kind}/${name}`),
  )
  const { schemas, responses } = document['components'] as Record<string, object>
  const there = [
    ...Object.keys(schemas ?? {}).map((name) => `schemas/${name}`),
    ...Object.keys(responses ?? {}).map((name) => `responses/${name}`),
  ]
  expect([...references].sort()).toEqual(there.sort())
})
