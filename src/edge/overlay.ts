import { resolve } from 'node:path'
import type { Deployment } from '../bundle/deployment.ts'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { checkedValue, parseJson, refuseProblems } from '../problems.ts'
import { readText } from '../state/read-text.ts'
import { isObject, type JsonSchema, problemsBySchema } from './json-schema.ts'

/** The embedded configuration with a partial one from a file laid over it. Throws ConfigurationFailure. */
export function withOverlay(embedded: Deployment, schema: JsonSchema, file: string, cwd: string): Deployment {
  const overlay = checkedValue(parseJson(file, readOverlay(resolve(cwd, file))))
  const merged = merge(embedded, overlay)
  refuseProblems(problemsBySchema(schema, file, merged))
  return merged as Deployment
}

function readOverlay(file: string): string {
  try {
    return readText(file)
  } catch (error) {
    throw new ConfigurationFailure({
      where: file,
      what: `the overlay cannot be read (${reasonOf(error)})`,
      mend: 'correct --config or the permissions of the file',
      cause: error,
    })
  }
}

/** Objects are merged key by key; anything else, arrays included, is replaced. */
function merge(under: unknown, over: unknown): unknown {
  if (!isObject(under) || !isObject(over)) return over
  const merged = new Map(Object.entries(under))
  for (const [key, value] of Object.entries(over)) merged.set(key, merged.has(key) ? merge(merged.get(key), value) : value)
  // A key such as __proto__ stays a key, which nobody knows.
  return Object.fromEntries(merged)
}
