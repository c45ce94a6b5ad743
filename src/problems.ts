import { ConfigurationFailure, type FailureText, reasonOf } from './failure.ts'
import { nearestName } from './nearest.ts'

export type Checked<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | { readonly kind: 'invalid'; readonly problems: readonly FailureText[] }

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

/** A place inside a file, in words. */
export function placeOf(file: string, path: readonly PropertyKey[]): string {
  return path.length === 0 ? file : `${file}: ${path.map(String).join('.')}`
}

/** A value, cut short where it is long. */
export function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** What lies at a path. */
export function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, step) => (typeof inner === 'object' && inner !== null ? (inner as Record<PropertyKey, unknown>)[step] : undefined),
    value,
  )
}

export function withArticle(noun: string): string {
  return /^[aeiou]/.test(noun) ? `an ${noun}` : `a ${noun}`
}

/** A key that nobody knows, with the nearest of those that are known. */
export function unknownKey(where: string, unknown: string, known: readonly string[]): FailureText {
  const near = nearestName(unknown, known)
  const mend = near === null ? `known keys are ${known.join(', ')}` : `did you mean ${near}?`
  return { where, what: `unknown key ${unknown}`, mend }
}
