import { readFile } from 'node:fs/promises'
import type * as z from 'zod/mini'
import { type FailureText, reasonOf } from '../src/failure.ts'
import { parseJson } from '../src/problems.ts'
import { checkAgainst } from '../src/schema-problems.ts'

/**
 * A JSON file that its schema has checked, defaults filled in. null: it is not usable, which is said in `problems`, or
 * it is `optional` and not there.
 */
export async function readChecked<S extends z.ZodMiniType>(
  file: string,
  schema: S,
  problems: FailureText[],
  { optional = false } = {},
): Promise<z.infer<S> | null> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (!optional || !isMissing(error)) problems.push(unreadable(file, error))
    return null
  }
  const parsed = parseJson(file, text)
  const checked = parsed.kind === 'ok' ? checkAgainst(schema, file, parsed.value) : parsed
  if (checked.kind === 'ok') return checked.value
  problems.push(...checked.problems)
  return null
}

export function unreadable(file: string, error: unknown): FailureText {
  return isMissing(error)
    ? { where: file, what: 'does not exist', mend: 'correct the path' }
    : { where: file, what: `cannot be read (${reasonOf(error)})`, mend: 'allow this user to read it', cause: error }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
