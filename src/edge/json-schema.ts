import type { FailureText } from '../failure.ts'
import { placeOf, shown, unknownKey, withArticle } from '../problems.ts'

/** The part of JSON Schema (draft 2020-12) in which the packager writes down what a configuration may hold. */
export interface JsonSchema {
  /** Of several, any. */
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minLength?: number
  readonly format?: string
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  /** false: other keys are unknown; a schema: other keys hold such values. */
  readonly additionalProperties?: false | JsonSchema
  /** One of these; here always a type or null. */
  readonly anyOf?: readonly JsonSchema[]
  readonly default?: unknown
}

/**
 * Everything in a value that its schema does not allow. The packager checks with zod; on the device that would cost as
 * much time as starting the program, and the schema comes along as data.
 */
export function problemsBySchema(schema: JsonSchema, file: string, value: unknown, path: readonly string[] = []): FailureText[] {
  const where = placeOf(file, path)
  if (schema.anyOf !== undefined) {
    if (value === null && schema.anyOf.some(({ type }) => type === 'null')) return []
    return schema.anyOf.filter(({ type }) => type !== 'null').flatMap((one) => problemsBySchema(one, file, value, path))
  }
  const [type, ...orElse] = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? [])
  if (orElse.some((other) => isOfType(value, other))) return []
  if (type !== undefined && !isOfType(value, type)) {
    if (value === undefined) return [{ where, what: 'is missing', mend: `add ${withArticle(nameOf(type, value))}` }]
    if (schema.enum === undefined)
      return [{ where, what: `is ${shown(value)}`, mend: `it must be ${withArticle(nameOf(type, value))}` }]
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    return [{ where, what: `is ${shown(value)}`, mend: `use one of ${schema.enum.map(shown).join(', ')}` }]
  }
  if (typeof value === 'number') return numberProblems(schema, where, value)
  if (typeof value === 'string') return textProblems(schema, where, value)
  if (Array.isArray(value)) {
    const { items } = schema
    return items === undefined
      ? []
      : value.flatMap((item, index) => problemsBySchema(items, file, item, [...path, String(index)]))
  }
  return isObject(value) ? objectProblems(schema, file, value, path) : []
}

/** What is missing, as a person calls it: whole numbers only where there is a number already. */
function nameOf(type: string, value: unknown): string {
  if (type !== 'integer') return type
  return typeof value === 'number' ? 'whole number' : 'number'
}

function numberProblems({ minimum, exclusiveMinimum, maximum }: JsonSchema, where: string, value: number): FailureText[] {
  const what = `is ${shown(value)}`
  if (minimum !== undefined && value < minimum) return [{ where, what, mend: `it must be at least ${minimum}` }]
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    return [{ where, what, mend: `it must be more than ${exclusiveMinimum}` }]
  }
  return maximum !== undefined && value > maximum ? [{ where, what, mend: `it must be at most ${maximum}` }] : []
}

function textProblems({ minLength, format }: JsonSchema, where: string, value: string): FailureText[] {
  const what = `is ${shown(value)}`
  if (minLength !== undefined && value.length < minLength)
    return [{ where, what, mend: `it must have at least ${minLength} characters` }]
  if (format === 'uri' && !URL.canParse(value)) return [{ where, what: `${what}, which is not valid`, mend: 'it must be a url' }]
  return []
}

function objectProblems(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  file: string,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
): FailureText[] {
  const known = Object.keys(properties)
  const inside = known.flatMap((name) => {
    const schema = properties[name]
    if (schema === undefined || (!Object.hasOwn(value, name) && !required.includes(name))) return []
    return problemsBySchema(schema, file, value[name], [...path, name])
  })
  const others = Object.keys(value).filter((name) => !Object.hasOwn(properties, name))
  const beside = others.flatMap((name) => {
    if (additionalProperties === false) return [unknownKey(placeOf(file, path), name, known)]
    return additionalProperties === undefined ? [] : problemsBySchema(additionalProperties, file, value[name], [...path, name])
  })
  return [...inside, ...beside]
}

function isOfType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isSafeInteger(value)
    case 'null':
      return value === null
    default:
      return typeof value === type
  }
}

/** A JSON object: neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
