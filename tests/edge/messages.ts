import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { transform } from 'esbuild'
// biome-ignore lint/suspicious/noDeprecatedImports: vitest gives no newer one
import { parseAst } from 'vitest/node'
import { deviceModules } from '../check/device-modules.ts'
import { REPOSITORY } from '../check/project.ts'

/** A text of the program's that a person may read. */
export interface Message {
  readonly file: string
  /** What is always the same of it, in its order; what stands in between is another each time. */
  readonly parts: readonly string[]
}

/** Every text in the device program's sources that has words, a placeholder counting as one. */
export async function deviceMessages(): Promise<Message[]> {
  const files = Object.keys(await deviceModules(REPOSITORY)).sort()
  const found = await Promise.all(files.map(async (file) => await messagesIn(file, readFileSync(join(REPOSITORY, file), 'utf8'))))
  return found.flat()
}

export async function messagesIn(file: string, source: string): Promise<Message[]> {
  const { code } = await transform(source, { loader: 'ts', format: 'esm', target: 'esnext' })
  const texts = [...textsIn(parseAst(code))]
  return texts.filter((parts) => /[a-z]{2,}[,;:]? (?:[a-z(]|…)/i.test(parts.join('…'))).map((parts) => ({ file, parts }))
}

interface Node {
  readonly type?: unknown
  readonly value?: unknown
  readonly quasis?: readonly { readonly value: { readonly cooked: string } }[]
}

/** The strings and templates of a syntax tree. */
function* textsIn(tree: unknown): Generator<readonly string[]> {
  if (typeof tree !== 'object' || tree === null) return
  const node = tree as Node
  if (node.type === 'ImportDeclaration' || node.type === 'ImportExpression') return
  if (node.type === 'Literal' && typeof node.value === 'string') yield [node.value]
  if (node.type === 'TemplateLiteral') yield (node.quasis ?? []).map(({ value }) => value.cooked)
  for (const [key, child] of Object.entries(node)) if (key !== 'quasis') yield* textsIn(child)
}
