/** What is right, and what the mistakes import. */
export const RIGHT = {
  'plants/clean.ts': 'export const clean = 1\n\nexport interface Clean {\n  readonly clean: number\n}\n',
  'plants/old.ts': '/** @deprecated nobody should */\nexport const old = 1\n',
} as const

/** One mistake per rule that biome.json turns on by name; the rest is Biome's own recommendation. */
export const MISTAKES: Readonly<Record<string, string>> = {
  noAccumulatingSpread: 'export const sum = (list: readonly number[]) => list.reduce<number[]>((all, x) => [...all, x], [])',
  noCommonJs: "export const fs = require('node:fs')",
  noConsole: "console.log('debugging')",
  noDefaultExport: 'export default 1',
  noDeprecatedImports: "import { old } from './old.ts'\nexport const a = old",
  noDynamicNamespaceImportAccess: "import * as all from 'node:fs'\nexport const of = (name: 'constants') => all[name]",
  noEmptyBlockStatements: 'export function nothing(): void {}',
  noEnum: 'export enum Colour {\n  red,\n}',
  noEvolvingTypes: 'let a\na = 1\nexport const b = a',
  noExcessiveLinesPerFile: 'export const line = 1\n'.repeat(251),
  noExcessiveLinesPerFunction: `export function long(): number {\n${'  long()\n'.repeat(71)}  return 1\n}`,
  noExplicitAny: 'export const a: any = 1',
  noFloatingPromises: 'async function send(): Promise<number> {\n  return 1\n}\nexport function forget(): void {\n  send()\n}',
  noForEach:
    'export const f = (list: readonly number[]) => {\n  list.forEach((x) => {\n    globalThis.dispatchEvent(new Event(String(x)))\n  })\n}',
  noGlobalDirnameFilename: 'export const here = __dirname',
  noImplicitAnyLet: 'let a\na = 1\na = 2\nexport const b = a',
  noMisusedPromises:
    'const send = async (): Promise<boolean> => true\nexport const f = () => {\n  if (send()) return 1\n  return 2\n}',
  noNamespace: 'export namespace N {\n  export const a = 1\n}',
  noNonNullAssertion: 'export const first = (list: readonly string[]) => list[0]!.length',
  noParameterAssign: 'export function f(a: number): number {\n  a = 2\n  return a\n}',
  noParameterProperties: 'export class C {\n  constructor(readonly a: number) {}\n}',
  noParametersOnlyUsedInRecursion:
    'export function f(n: number, extra: number): number {\n  return n === 0 ? 0 : f(n - 1, extra)\n}',
  noProcessEnv: "export const home = process.env['HOME']",
  noReExportAll: "export * from './clean.ts'",
  noBaseToString: 'export const f = (a: { readonly b: number }) => `${a}`',
  noBarrelFile: "export { clean } from './clean.ts'",
  noSelfImport: "import { a } from './noSelfImport.ts'\nexport const b = a\nexport { b as a }",
  noUnassignedVariables: 'let a: number | undefined\nexport const b = () => a',
  noUndeclaredDependencies: "import leftPad from 'left-pad'\nexport const a = leftPad",
  noUnusedFunctionParameters: 'export function f(a: number): number {\n  return 1\n}',
  noUnusedImports: "import { clean } from './clean.ts'\nexport const a = 1",
  noUnusedTemplateLiteral: 'export const a = `plain`',
  noUnusedVariables: 'const a = 1\nexport const b = 1',
  noUselessCatchBinding: 'export function f(): number {\n  try {\n    return f()\n  } catch (error) {\n    return 1\n  }\n}',
  noVar: 'export var a = 1',
  useAtIndex: 'export const last = (list: readonly number[]) => list[list.length - 1]',
  useCollapsedElseIf:
    'export function f(a: number): number {\n  if (a > 1) {\n    return 1\n  } else {\n    if (a > 0) return 2\n  }\n  return 3\n}',
  useCollapsedIf:
    'export function f(a: number, b: number): number {\n  if (a > 1) {\n    if (b > 1) return 1\n  }\n  return 3\n}',
  useConsistentArrayType: 'export const a: Array<number> = []',
  useConsistentTypeDefinitions: 'export type A = { readonly a: number }',
  useConst: 'let a = 1\nexport const b = a',
  useErrorMessage: 'export const f = () => {\n  throw new Error()\n}',
  useExhaustiveSwitchCases:
    "export function f(a: 'x' | 'y'): number {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n  return 2\n}",
  useExportType: "import type { Clean } from './clean.ts'\nexport { Clean }",
  useForOf:
    'export function f(list: readonly string[]): number {\n  let n = 0\n  for (let i = 0; i < list.length; i++) {\n    n += list[i]?.length ?? 0\n  }\n  return n\n}',
  useGuardForIn:
    'export function f(a: object): string[] {\n  const names: string[] = []\n  for (const name in a) names.push(name)\n  return names\n}',
  useImportExtensions: "import { clean } from './clean'\nexport const a = clean",
  useImportType: "import { Clean } from './clean.ts'\nexport const a: Clean | null = null",
  useNodejsImportProtocol: "import { join } from 'path'\nexport const a = join",
  usePromiseRejectErrors: "export const f = () => Promise.reject('text')",
  useThrowNewError: "export const f = () => {\n  throw Error('called like a function')\n}",
  useThrowOnlyError: "export const f = () => {\n  throw 'text'\n}",
}

/** Mistakes that need a name or a neighbour of their own: rule, file and text. */
export const MISTAKES_IN_PLACE: readonly (readonly [rule: string, file: string, text: string])[] = [
  ['noImportCycles', 'plants/cycle-a.ts', "import { b } from './cycle-b.ts'\n\nexport const a = () => b"],
  ['noImportCycles', 'plants/cycle-b.ts', "import { a } from './cycle-a.ts'\n\nexport const b = () => a"],
  ['noImportCycles', 'plants/cycle-of-types-a.ts', "import type { B } from './cycle-of-types-b.ts'\n\nexport type A = B | null"],
  ['noImportCycles', 'plants/cycle-of-types-b.ts', "import type { A } from './cycle-of-types-a.ts'\n\nexport type B = A | 1"],
  ['useFilenamingConvention', 'plants/TwoWords.ts', 'export const a = 1'],
  ['format', 'plants/format.ts', 'export const a = "1";'],
  ['format', 'plants/format.json', '{"a":    1}'],
  ['organizeImports', 'plants/order.ts', "import { b } from 'node:path'\nimport { a } from 'node:fs'\n\nexport const c = [a, b]"],
  ['noFocusedTests', 'tests/focused.test.ts', "test.only('a', () => {})"],
  ['noSkippedTests', 'tests/skipped.test.ts', "test.skip('a', () => {})"],
  ['noIdenticalTestTitle', 'tests/twice.test.ts', "test('a', () => {})\ntest('a', () => {})"],
  ['noExportsInTest', 'tests/exports.test.ts', "test('a', () => {})\nexport const a = 1"],
  ['useExpect', 'tests/no-check.test.ts', "test('a', () => {\n  process.cwd()\n})"],
  ['noJsRestrictedProperties', 'tests/mock.test.ts', "import { vi } from 'vitest'\n\nvi.mock('node:fs')"],
]
