import * as z from 'zod/mini'
import { deploymentSchema } from '../src/bundle/deployment.ts'

/** A JSON schema node, as far as the table reads it. */
interface Node {
  readonly properties?: Readonly<Record<string, Node>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly meaning?: string
  readonly unit?: string
  readonly example?: unknown
}

/** `deployment.json` as a JSON schema, for editors. */
export function deploymentJsonSchema(): unknown {
  return z.toJSONSchema(deploymentSchema, { io: 'input' })
}

/** Every key of `deployment.json` as a Markdown table: key, default, unit, meaning. */
export function configurationTable(): string {
  const rows = rowsOf(deploymentJsonSchema() as Node, '', true)
  return ['| key | default | meaning |', '|---|---|---|', ...rows].join('\n')
}

function rowsOf(node: Node, path: string, isRequired: boolean): string[] {
  if (node.properties !== undefined) {
    return Object.entries(node.properties).flatMap(([name, child]) =>
      rowsOf(child, path === '' ? name : `${path}.${name}`, node.required?.includes(name) === true),
    )
  }
  const unit = node.unit === undefined ? '' : ` [${node.unit}]`
  const example = node.example === undefined ? '' : `; such as \`${JSON.stringify(node.example)}\``
  return [`| \`${path}\` | ${defaultOf(node, isRequired)} | ${node.meaning}${unit}${example} |`]
}

function defaultOf(node: Node, isRequired: boolean): string {
  if (isRequired && node.default === undefined) return 'required'
  return node.default === null || node.default === undefined ? '' : `\`${JSON.stringify(node.default)}\``
}
