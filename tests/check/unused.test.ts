import { afterAll, describe, expect, test } from 'vitest'
import { checkCommand, type Project, projectOf, runIn } from './project.ts'

/** The project's own entries with what they use, and a test that uses what it may. */
const CLEAN: Readonly<Record<string, string>> = {
  'package.json': JSON.stringify({
    type: 'module',
    bin: { 'pump-monitor': 'build/pump-monitor.mjs' },
    scripts: { demo: 'node build/demo.ts', test: 'vitest run' },
    dependencies: { zod: '*' },
    devDependencies: { vitest: '*', '@types/node': '*' },
  }),
  'src/cli.ts': "import { used } from './used.ts'\n\nprocess.stdout.write(String(used))\n",
  'src/used.ts': "import * as z from 'zod/mini'\n\nexport const used = z.number()\n",
  'src/edge/cli.ts': "process.stdout.write('edge')\n",
  'build/pump-monitor.mjs': "process.stdout.write('bin')\n",
  'build/demo.ts': "process.stdout.write('demo')\n",
  'fixtures/generate.ts': "process.stdout.write('fixtures')\n",
  'tests/bench/load.ts': "process.stdout.write('bench')\n",
  'tests/binary/entries/entry.ts': "process.stdout.write('entry')\n",
  'tests/summary.ts': "process.stdout.write('summary')\n",
  'tests/used.test.ts':
    "import { expect, test } from 'vitest'\nimport { used } from '../src/used.ts'\n\ntest('a', () => {\n  expect(used).toBe(1)\n})\n",
}

const PLANTED: Readonly<Record<string, string>> = {
  ...CLEAN,
  'package.json': (CLEAN['package.json'] ?? '')
    .replace('"zod":"*"', '"zod":"*","cockatiel":"*","papaparse":"*"')
    .replace('"@types/node":"*"', '"@types/node":"*","fast-check":"*"'),
  'src/cli.ts': `import './cycle-a.ts'\nimport './exports.ts'\nimport 'jszip'\n${CLEAN['src/cli.ts']}`,
  'src/cycle-a.ts': "import './cycle-b.ts'\n",
  'src/cycle-b.ts': "import './cycle-a.ts'\n",
  'src/unused-file.ts': 'export const a = 1\n',
  'build/unused-step.ts': 'export const a = 1\n',
  'tests/unused-helper.ts': 'export const a = 1\n',
  'src/only-tests-file.ts': 'export const onlyTestsFile = 1\n',
  'src/exports.ts': [
    'export const unusedExport = 1',
    'export const onlyTestsUse = 1',
    'export interface UnusedType {\n  readonly a: PartOfUnusedType\n}',
    'export interface PartOfUnusedType {\n  readonly a: number\n}',
    'export interface OnlyTestsUseThisType {\n  readonly a: number\n}',
    '',
  ].join('\n'),
  'tests/exports.test.ts': [
    "import { expect, test } from 'vitest'",
    "import { type OnlyTestsUseThisType, onlyTestsUse } from '../src/exports.ts'",
    "import 'papaparse'",
    "import { onlyTestsFile } from '../src/only-tests-file.ts'",
    '',
    "test('a', () => {\n  const a: OnlyTestsUseThisType = { a: onlyTestsUse }\n  expect(a).toBe(onlyTestsFile)\n})\n",
  ].join('\n'),
}

type Issues = Readonly<Record<string, readonly { readonly name?: string }[]>> & { readonly file: string }

/** `kind: file` or `kind: file name` of everything that knip reports. */
function reported(project: Project, command: string): { readonly exitCode: number; readonly issues: readonly string[] } {
  const { exitCode, output } = runIn(project, `${command} --no-progress --reporter json`)
  const report = JSON.parse(output) as { readonly issues: readonly Issues[] }
  const issues = report.issues.flatMap(({ file, ...kinds }) =>
    Object.entries(kinds).flatMap(([kind, found]) =>
      found.map(({ name }) => `${kind}: ${name === undefined || name === file ? file : `${file} ${name}`}`),
    ),
  )
  return { exitCode, issues }
}

const FOUND_TWICE = [
  'cycles: src/cycle-a.ts',
  'dependencies: package.json cockatiel',
  'exports: src/exports.ts unusedExport',
  'files: build/unused-step.ts',
  'files: src/unused-file.ts',
  'types: src/exports.ts UnusedType',
  'unlisted: src/cli.ts jszip',
]

describe('a project with something unused of each kind', () => {
  const project = projectOf(PLANTED)
  afterAll(project.remove)

  test('fails with unused files, exports, types and packages, unlisted packages and cycles, and nothing else', () => {
    const { exitCode, issues } = reported(project, checkCommand('knip'))
    expect(new Set(issues)).toEqual(
      new Set([...FOUND_TWICE, 'devDependencies: package.json fast-check', 'files: tests/unused-helper.ts']),
    )
    expect(exitCode).toBe(1)
  })

  test('fails in production with what only tests use besides', () => {
    const { exitCode, issues } = reported(project, checkCommand('knip --production'))
    expect(new Set(issues)).toEqual(
      new Set([
        ...FOUND_TWICE,
        'dependencies: package.json papaparse',
        'exports: src/exports.ts onlyTestsUse',
        'files: src/only-tests-file.ts',
        'types: src/exports.ts OnlyTestsUseThisType',
      ]),
    )
    expect(exitCode).toBe(1)
  })
})

test.each(['knip', 'knip --production'])('the same project without them passes %s in silence', (command) => {
  const project = projectOf(CLEAN)
  const outcome = runIn(project, checkCommand(command))
  project.remove()
  expect(outcome).toEqual({ exitCode: 0, output: '' })
})

test('an entry of knip.json that is gone fails the check, so that the list stays true', () => {
  const { 'fixtures/generate.ts': _, ...rest } = CLEAN
  const project = projectOf(rest)
  const outcome = runIn(project, checkCommand('knip'))
  project.remove()
  expect(outcome).toEqual({ exitCode: 1, output: expect.stringContaining('fixtures/generate.ts') })
})
