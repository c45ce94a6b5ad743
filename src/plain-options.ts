import type { ParseArgsOptionsConfig } from 'node:util'

export interface PlainOptions {
  readonly values: Readonly<Record<string, string | boolean>>
  readonly positionals: readonly string[]
}

/**
 * What `parseArgs` of node:util says of arguments in their plainest form: words, `--flag` and `--option value`. null for any
 * other, which are left to `parseArgs`: to load it takes a small device longer than to read a hundred command lines.
 */
export function plainOptions(argv: readonly string[], options: ParseArgsOptionsConfig): PlainOptions | null {
  const values: Record<string, string | boolean> = Object.create(null)
  const positionals: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const argument = argv[at] ?? ''
    if (!argument.startsWith('-') || argument === '-') {
      positionals.push(argument)
      continue
    }
    const name = argument.slice(2)
    const option = argument.startsWith('--') && Object.hasOwn(options, name) ? options[name] : undefined
    if (option === undefined || option.multiple === true) return null
    if (option.type === 'boolean') {
      values[name] = true
      continue
    }
    const value = argv[++at]
    if (value === undefined || value.startsWith('-')) return null
    values[name] = value
  }
  for (const [name, option] of Object.entries(options)) {
    if (option.default === undefined || name in values) continue
    if (Array.isArray(option.default)) return null
    values[name] = option.default as string | boolean
  }
  return { values, positionals }
}
