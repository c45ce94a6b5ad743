import { afterAll, describe, expect, test } from 'vitest'
import { checkCommand, projectOf, runIn } from './project.ts'

/** One mistake per option of tsconfig.json that could be lost, and the compiler's number for it. */
const MISTAKES: readonly (readonly [option: string, error: string, text: string])[] = [
  ['any wrong type', 'TS2322', "export const a: number = 'text'"],
  ['strict', 'TS18047', 'export const f = (a: string | null) => a.length'],
  ['noUncheckedIndexedAccess', 'TS2532', 'export const f = (list: readonly string[]) => list[0].length'],
  ['exactOptionalPropertyTypes', 'TS2375', 'export const a: { readonly b?: number } = { b: undefined }'],
  [
    'noImplicitOverride',
    'TS4114',
    'class A {\n  f(): number {\n    return 1\n  }\n}\nexport class B extends A {\n  f(): number {\n    return 2\n  }\n}',
  ],
  ['noImplicitReturns', 'TS7030', 'export function f(a: boolean) {\n  if (a) return 1\n}'],
  [
    'noFallthroughCasesInSwitch',
    'TS7029',
    'export function f(a: number): number {\n  let b = 0\n  switch (a) {\n    case 1:\n      b = 1\n    case 2:\n      b = 2\n  }\n  return b\n}',
  ],
  ['noPropertyAccessFromIndexSignature', 'TS4111', 'export const f = (a: Record<string, number>) => a.b'],
  ['noUnusedLocals', 'TS6133', 'export function f(): number {\n  const a = 1\n  return 2\n}'],
  ['noUnusedParameters', 'TS6133', 'export function f(a: number): number {\n  return 2\n}'],
  ['allowUnreachableCode', 'TS7027', 'export function f(): number {\n  return 1\n  f()\n}'],
  ['allowUnusedLabels', 'TS7028', 'export function f(): number {\n  a: return 1\n}'],
  ['erasableSyntaxOnly', 'TS1294', 'export enum A {\n  b,\n}'],
  ['verbatimModuleSyntax', 'TS1484', "import { Clean } from './clean.ts'\n\nexport const a: Clean = { clean: 1 }"],
  ['the lib of the device and not of a browser', 'TS2304', 'export const a: HTMLElement | null = null'],
]

const CLEAN = { 'src/clean.ts': 'export interface Clean {\n  readonly clean: number\n}\n' }
const FOLDERS = ['src', 'build', 'fixtures', 'tests']

describe('a project with one mistake per compiler option', () => {
  const files = MISTAKES.map(([, , text], index) => [`src/mistake-${index}.ts`, `${text}\n`] as const)
  const elsewhere = FOLDERS.map((folder) => [`${folder}/wrong.ts`, "export const a: number = 'text'\n"] as const)
  const project = projectOf({ ...CLEAN, ...Object.fromEntries([...files, ...elsewhere]) })
  afterAll(project.remove)
  const { exitCode, output } = runIn(project, `${checkCommand('tsc')} --pretty false`)
  const errors = output.split('\n')

  test.each(MISTAKES.map(([option, error], index) => [option, error, `src/mistake-${index}.ts`] as const))(
    '%s gives %s',
    (_, error, file) => {
      expect(errors.filter((line) => line.startsWith(`${file}(`) && line.includes(`error ${error}:`))).not.toEqual([])
    },
  )

  test.each(FOLDERS)('is compiled in %s/ too', (folder) => {
    expect(errors.some((line) => line.startsWith(`${folder}/wrong.ts(`) && line.includes('TS2322'))).toBe(true)
  })

  test('fails the check', () => {
    expect(exitCode).not.toBe(0)
  })
})

test('the same project without the mistakes passes the check', () => {
  const project = projectOf(CLEAN)
  const outcome = runIn(project, `${checkCommand('tsc')} --pretty false`)
  project.remove()
  expect(outcome).toEqual({ exitCode: 0, output: '' })
})
