import fc from 'fast-check'
import { expect, test } from 'vitest'
import * as z from 'zod/mini'
import { deploymentJsonSchema } from '../../build/configuration-table.ts'
import { deploymentSchema } from '../../src/bundle/deployment.ts'
import { type JsonSchema, problemsBySchema } from '../../src/edge/json-schema.ts'
import { failureLine } from '../../src/failure.ts'
import { checkAgainst } from '../../src/schema-problems.ts'

const SCHEMA = deploymentJsonSchema() as JsonSchema
const VALID = z.parse(deploymentSchema, {
  site_info: { site_id: 12, pump_id: 1, sensor_ids: { flow: 1 } },
  judgement: { vibration: { channels: ['vibration'] } },
})

/** Words about a key, and what is checked; the first kind says nothing of a value. */
const SILENT = ['$schema', 'default', 'description', 'meaning', 'unit', 'example', 'propertyNames']
const CHECKED: readonly (keyof JsonSchema)[] = [
  'type',
  'enum',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'minLength',
  'format',
  'items',
  'properties',
  'required',
  'additionalProperties',
  'anyOf',
]

function nodesOf(node: JsonSchema): JsonSchema[] {
  const more = typeof node.additionalProperties === 'object' ? [node.additionalProperties] : []
  const below = [...Object.values(node.properties ?? {}), ...(node.anyOf ?? []), ...(node.items ? [node.items] : []), ...more]
  return [node, ...below.flatMap(nodesOf)]
}

/** Every path of a value. */
function pathsOf(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]]
  return [[], ...Object.entries(value).flatMap(([name, inner]) => pathsOf(inner).map((path) => [name, ...path]))]
}

function withChange(value: unknown, [step, ...rest]: readonly string[], changed: unknown): unknown {
  if (step === undefined) return changed
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === step ? withChange(item, rest, changed) : item))
  const object = value as Record<string, unknown>
  return { ...object, [step]: withChange(object[step], rest, changed) }
}

test('every word of the schema of a deployment is one that is checked, or one that says nothing of a value', () => {
  const words = new Set(nodesOf(SCHEMA).flatMap((node) => Object.keys(node)))
  expect([...words].filter((word) => ![...SILENT, ...CHECKED].includes(word))).toEqual([])
  expect(new Set(nodesOf(SCHEMA).map(({ format }) => format))).toEqual(new Set([undefined, 'uri']))
})

test('a deployment without a mistake has none', () => {
  expect(problemsBySchema(SCHEMA, 'overlay.json', VALID)).toEqual([])
})

const anything = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    'x',
    'strict',
    'II',
    'Failure',
    'https://api.example.com/v1',
    'no url',
    [],
    {},
    ['x'],
    [1, -1],
    { x: 1 },
  ),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.integer({ min: -10, max: 1000 }),
)

test('whatever is put in the place of whatever, zod says the same in the same words', () => {
  fc.assert(
    fc.property(fc.constantFrom(...pathsOf(VALID)), anything, fc.constantFrom('', 'apis', 'mod'), (path, changed, added) => {
      const wrong = withChange(VALID, path, changed)
      const value = added === '' || Array.isArray(wrong) || typeof wrong !== 'object' ? wrong : { ...wrong, [added]: 1 }
      const byZod = checkAgainst(deploymentSchema, 'overlay.json', value)
      const lines = byZod.kind === 'ok' ? [] : byZod.problems.map(failureLine)
      expect(problemsBySchema(SCHEMA, 'overlay.json', value).map(failureLine).sort()).toEqual(lines.sort())
    }),
    { numRuns: 5000 },
  )
})
