import * as z from 'zod/mini'
import { ConfigurationFailure, type FailureText, reasonOf } from './failure.ts'
import { nearestName } from './nearest.ts'

export type Checked<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'invalid'; readonly problems: readonly FailureText[] }

/**
 * Checks a parsed file against its schema and fills in the defaults. Each mistake names the file, the path inside
 * it and the mend; an unknown key names the nearest known one.
 */
export function checkAgainst<S extends z.ZodMiniType>(schema: S, file: string, value: unknown): Checked<z.infer<S>> {
  const outcome = z.safeParse(schema, value)
  if (outcome.success) return { kind: 'ok', value: outcome.data }
  return { kind: 'invalid', problems: outcome.error.issues.flatMap((issue) => describeIssue(schema, file, value, issue)) }
}

/** Text to a value, or the one problem that it is no JSON. */
export function parseJson(file: string, text: string): Checked<unknown> {
  try {
    return { kind: 'ok', value: JSON.parse(text.replace(/^\uFEFF/, '')) }
  } catch (error) {
    return {
      kind: 'invalid',
      problems: [{ where: file, what: `is not JSON (${reasonOf(error)})`, mend: 'mend the syntax there' }],
    }
  }
}

/** Throws all problems as one failure; does nothing when there are none. */
export function refuseProblems(problems: readonly FailureText[]): void {
  const [first, ...others] = problems
  if (first !== undefined) throw new ConfigurationFailure(first, others)
}

/** What was checked, or all its problems as one failure. */
export function checkedValue<T>(checked: Checked<T>): T {
  if (checked.kind === 'ok') return checked.value
  refuseProblems(checked.problems)
  throw new RangeError('a check failed without a problem')
}

type Issue = z.core.$ZodIssue

function describeIssue(schema: z.ZodMiniType, file: string, value: unknown, issue: Issue): FailureText[] {
  const where = placeOf(file, issue.path)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const known = keysAt(schema, issue.path)
      return issue.keys.map((unknown) => {
        const near = nearestName(unknown, known)
        const mend = near === null ? `known keys are ${known.join(', ')}` : `did you mean ${near}?`
        return { where: placeOf(file, issue.path), what: `unknown key ${unknown}`, mend }
      })
    }
    case 'invalid_type': {
      const found = valueAt(value, issue.path)
      return found === undefined
        ? [{ where, what: 'is missing', mend: `add ${withArticle(issue.expected)}` }]
        : [{ where, what: `is ${shown(found)}`, mend: `it must be ${withArticle(issue.expected)}` }]
    }
    case 'too_small':
      return [{ where, what: `is ${shown(valueAt(value, issue.path))}`, mend: `it must be at least ${issue.minimum}` }]
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

function mendOf(issue: Issue): string {
  if (issue.code === 'invalid_format')
    return issue.format === 'regex' ? `it must match ${issue.pattern}` : `it must be a ${issue.format}`
  return issue.message === '' || issue.message === 'Invalid input' ? 'see the README for this key' : issue.message
}

function placeOf(file: string, path: readonly PropertyKey[]): string {
  return path.length === 0 ? file : `${file}: ${path.map(String).join('.')}`
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  )
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

function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`
}
