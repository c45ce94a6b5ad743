import { resolve } from 'node:path'
import type { Deployment } from '../bundle/deployment.ts'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { readText } from '../state/read-text.ts'

/**
 * The embedded configuration with a partial one from a file laid over it. The schema is loaded only here, since it
 * costs as much time as starting the program.
 */
export async function withOverlay(embedded: Deployment, file: string, cwd: string): Promise<Deployment> {
  const { checkAgainst, checkedValue, parseJson } = await import('../problems.ts')
  const { deploymentSchema } = await import('../bundle/deployment.ts')
  const overlay = checkedValue(parseJson(file, readOverlay(resolve(cwd, file))))
  return checkedValue(checkAgainst(deploymentSchema, file, merge(embedded, overlay)))
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
  const merged: Record<string, unknown> = { ...under }
  for (const [key, value] of Object.entries(over)) {
    merged[key] = Object.hasOwn(under, key) ? merge(under[key], value) : value
  }
  return merged
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
