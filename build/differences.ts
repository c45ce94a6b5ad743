/** One value that is not the same on both sides; undefined: it is on one side only. */
export interface Difference {
  readonly path: string
  readonly from: unknown
  readonly to: unknown
}

/** Where two JSON values differ, objects key by key and anything else as a whole, in the order of the keys. */
export function differences(from: unknown, to: unknown, path = ''): Difference[] {
  if (!isObject(from) || !isObject(to)) {
    return JSON.stringify(from) === JSON.stringify(to) ? [] : [{ path, from, to }]
  }
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])]
  return keys.flatMap((key) => differences(from[key], to[key], path === '' ? key : `${path}.${key}`))
}

/** As one line for a person. */
export function inWords({ path, from, to }: Difference): string {
  const [before, after] = [shown(from), shown(to)]
  if (before === after) return `${path}: differs`
  return `${path}: ${before} → ${after}`
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
