import * as z from 'zod/mini'
import type { Quantity } from '../../src/pump/quantities.ts'
import { columnsFileSchema } from '../../src/readings/columns-file.ts'
import { MALFORMED } from './malformed.ts'
import { unitNames } from './unit-names.ts'

/** The tables of `src/readings/README.md`, from what they describe; `node tests/readings/tables.ts` prints them. */
export function tables(): readonly string[] {
  return [tableOfKeys(), tableOfUnits(), tableOfMalformed()]
}

function table(head: readonly [string, string], rows: readonly (readonly [string, string])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`
  return `${line(head)}|---|---|\n${rows.map(line).join('')}`
}

function tableOfKeys(): string {
  const keys = Object.entries(columnsFileSchema.def.shape)
  return table(
    ['key', 'meaning'],
    keys.map(([name, schema]) => [`\`${name}\``, z.globalRegistry.get(schema)?.description ?? '']),
  )
}

const TITLES: Readonly<Partial<Record<Quantity, string>>> = {
  flow: 'flow → m³/h',
  head: 'head → m',
  power: 'power → kW',
  efficiency: 'efficiency → %',
  speed: 'speed → rpm',
  discharge_pressure: 'gauge pressure → bar',
}

function tableOfUnits(): string {
  const rows = Object.entries(TITLES).map(([quantity, title]): [string, string] => {
    const names = unitNames(quantity as Quantity).map((name) => `\`${name}\``)
    return [title, names.join(' ')]
  })
  return table(['quantity → canonical unit', 'units'], rows)
}

function tableOfMalformed(): string {
  const short = (text: string) => text.replaceAll(/(\\x00){4,}/g, '\\x00…').replaceAll(/x{20,}/g, 'xxx')
  return table(
    ['input', 'what happens'],
    MALFORMED.map(({ kind, outcome }) => [kind, `\`${short(outcome)}\``]),
  )
}

if (import.meta.main) process.stdout.write(tables().join('\n'))
