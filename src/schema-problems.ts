import * as z from 'zod/mini'
import type { FailureText } from './failure.ts'
import { type Checked, placeOf, shown, unknownKey, valueAt, withArticle } from './problems.ts'

/**
 * Checks a parsed file against its schema and fills in the defaults. Each mistake names the file, the path inside
 * it and the mend; an unknown key names the nearest known one.
 */
export function checkAgainst<S extends z.ZodMiniType>(schema: S, file: string, value: unknown): Checked<z.infer<S>> {
  const outcome = z.safeParse(schema, value)
  if (outcome.success) return { kind: 'ok', value: outcome.data }
  const { issues } = outcome.error
  const ofWrongType = new Set(issues.flatMap(({ code, path }) => (code === 'invalid_type' ? [path.join('.')] : [])))
  // What is of the wrong type is not also too small.
  const plain = issues.filter(({ code, path }) => code !== 'too_small' || !ofWrongType.has(path.join('.')))
  return { kind: 'invalid', problems: plain.flatMap((issue) => describeIssue(schema, file, value, issue)) }
}

type Issue = z.core.$ZodIssue

function describeIssue(schema: z.ZodMiniType, file: string, value: unknown, issue: Issue): FailureText[] {
  const where = placeOf(file, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, issue.path)
      return issue.keys.map((unknown) => unknownKey(where, unknown, known))
    }
    case 'invalid_type': {
      const found = valueAt(value, issue.path)
      return found === undefined
        ? [{ where, what: 'is missing', mend: `add ${withArticle(nameOf(issue.expected))}` }]
        : [{ where, what: `is ${shown(found)}`, mend: `it must be ${withArticle(nameOf(issue.expected))}` }]
    }
    case 'too_small':
      return [{ where, what: `is ${shown(valueAt(value, issue.path))}`, mend: `it must ${leastOf(issue)}` }]
    case 'too_big':
      return [{ where, what: `is ${shown(valueAt(value, issue.path))}`, mend: `it must be at most ${issue.maximum}` }]
    case 'invalid_value':
      return [
        { where, what: `is ${shown(valueAt(value, issue.path))}`, mend: `use one of ${issue.values.map(shown).join(', ')}` },
      ]
    default:
      return [{ where, what: `is ${shown(valueAt(value, issue.path))}, which is not valid`, mend: mendOf(issue) }]
  }
}

/** A type, as a person calls it. */
function nameOf(type: string): string {
  if (type === 'record') return 'object'
  return type === 'int' ? 'whole number' : type
}

function leastOf({ origin, inclusive, minimum }: z.core.$ZodIssueTooSmall): string {
  if (origin === 'string') return `have at least ${minimum} characters`
  return inclusive === false ? `be more than ${minimum}` : `be at least ${minimum}`
}

function mendOf(issue: Issue): string {
  if (issue.code === 'invalid_format')
    return issue.format === 'regex' ? `it must match ${issue.pattern}` : `it must be a ${issue.format}`
  return issue.message === '' || issue.message === 'Invalid input' ? 'see the README for this key' : issue.message
}

/** The keys that the schema knows at a path, through defaults, optionals and records. */
function keysAt(schema: z.ZodMiniType, path: readonly PropertyKey[]): string[] {
  let inner = unwrap(schema)
  for (const step of path) {
    if (inner instanceof z.ZodMiniObject) inner = unwrap(inner.def.shape[String(step)] as z.ZodMiniType)
    else if (inner instanceof z.ZodMiniRecord) inner = unwrap(inner.def.valueType as z.ZodMiniType)
    else if (inner instanceof z.ZodMiniArray) inner = unwrap(inner.def.element as z.ZodMiniType)
  }
  return inner instanceof z.ZodMiniObject ? Object.keys(inner.def.shape) : []
}

function unwrap(schema: z.ZodMiniType): z.ZodMiniType {
  if (
    schema instanceof z.ZodMiniDefault ||
    schema instanceof z.ZodMiniPrefault ||
    schema instanceof z.ZodMiniNullable ||
    schema instanceof z.ZodMiniOptional
  ) {
    return unwrap(schema.def.innerType as z.ZodMiniType)
  }
  return schema
}
