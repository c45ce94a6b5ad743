import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { projectOf, REPOSITORY } from './project.ts'

const TESTS = {
  passing:
    "import { expect, test } from 'vitest'\ntest('a', () => {\n  expect(1).toBe(1)\n})\ntest('b', () => {\n  expect(1).toBe(1)\n})\n",
  failing: "import { expect, test } from 'vitest'\ntest('a', () => {\n  expect(1).toBe(2)\n})\n",
  skipped: "import { test } from 'vitest'\ntest.skip('a', () => {\n  process.exit(1)\n})\ntest.todo('b')\n",
  unreadable: "import './no-such-file.ts'\n",
  insisting: `import { test } from 'vitest'\nimport { requireOrSkip } from '${join(REPOSITORY, 'tests/require.ts')}'\ntest.runIf(requireOrSkip(false, 'a tool'))('a', () => {\n  process.exit(1)\n})\n`,
}

/** Answers as a machine on which every package is installed. */
const DPKG_QUERY = '#!/bin/sh\nprintf installed\n'

/** npm whose scripts do what the test wants; its tests are the real vitest on the planted files. */
const npm = (status: Readonly<Record<'ci' | 'check' | 'demo', number>>, runsTests: boolean) => `#!/bin/sh
case "$1 $2 $3" in
  'ci '*) exit ${status.ci} ;;
  'run -s check') exit ${status.check} ;;
  'run -s demo') exit ${status.demo} ;;
  'test -- '*) ${runsTests ? 'shift 2 && exec vitest run "$@"' : 'exit 0'} ;;
esac
`

interface Plan {
  readonly tests: readonly (keyof typeof TESTS)[]
  readonly status?: Partial<Record<'ci' | 'check' | 'demo', number>>
  readonly runsTests?: boolean
}

/** Runs a copy of `.ci/run` from another folder in a project with these tests. */
function ciRun({ tests, status = {}, runsTests = true }: Plan) {
  const project = projectOf({
    ...Object.fromEntries(tests.map((name) => [`tests/${name}.test.ts`, TESTS[name]])),
    'tests/summary.ts': readFileSync(join(REPOSITORY, 'tests/summary.ts'), 'utf8'),
    'tests/api/contract/install.sh': 'echo the tools are there\n',
    'bin/npm': npm({ ci: 0, check: 0, demo: 0, ...status }, runsTests),
    'bin/dpkg-query': DPKG_QUERY,
  })
  mkdirSync(join(project.root, '.ci'))
  copyFileSync(join(REPOSITORY, '.ci/run'), join(project.root, '.ci/run'))
  spawnSync('chmod', ['+x', join(project.root, 'bin/npm'), join(project.root, 'bin/dpkg-query')])
  const path = [join(project.root, 'bin'), join(REPOSITORY, 'node_modules/.bin'), process.env['PATH']].join(delimiter)
  const result = spawnSync('bash', [join(project.root, '.ci/run')], {
    cwd: tmpdir(),
    encoding: 'utf8',
    env: { ...process.env, PATH: path, NO_COLOR: '1' },
  })
  project.remove()
  const lines = result.stdout.trimEnd().split('\n')
  return { exitCode: result.status, lastLine: lines.at(-1), output: result.stdout, errors: result.stderr }
}

describe('.ci/run', () => {
  test('ends with the count of tests, and 0 when all is well', () => {
    const { exitCode, lastLine, output } = ciRun({ tests: ['passing', 'skipped'] })
    expect([exitCode, lastLine]).toEqual([0, '2 passed, 0 failed, 2 skipped'])
    for (const name of [
      'tools of the machine',
      'npm ci',
      'tools of the contract tests',
      'npm run check',
      'npm test',
      'npm run demo',
    ]) {
      expect(output).toMatch(new RegExp(`^== ${name}: ok, \\d+ s$`, 'm'))
    }
  })

  test('counts a failed test, and a file that fails before any test of it, and ends 1', () => {
    const { exitCode, lastLine, output } = ciRun({ tests: ['passing', 'failing', 'unreadable'] })
    expect([exitCode, lastLine]).toEqual([1, '2 passed, 2 failed, 0 skipped'])
    expect(output).toContain('== npm test: FAILED with status 1')
  })

  test('fails a test whose tool is missing instead of skipping it', () => {
    const { exitCode, lastLine } = ciRun({ tests: ['passing', 'insisting'] })
    expect([exitCode, lastLine]).toEqual([1, '2 passed, 1 failed, 0 skipped'])
  })

  test.each(['check', 'demo'] as const)('goes on to the end when %s fails, and ends 1', (step) => {
    const { exitCode, lastLine, output } = ciRun({ tests: ['passing'], status: { [step]: 3 } })
    expect([exitCode, lastLine]).toEqual([1, '2 passed, 0 failed, 0 skipped'])
    expect(output).toContain(`== npm run ${step}: FAILED with status 3`)
  })

  test('stops when npm ci fails, without a count', () => {
    const { exitCode, output } = ciRun({ tests: ['passing'], status: { ci: 1 } })
    expect(exitCode).toBe(1)
    expect(output).not.toMatch(/\d+ passed/)
  })

  test('ends 1 and without a count when no test ran or no report is there', () => {
    const noTests = ciRun({ tests: [] })
    const noReport = ciRun({ tests: ['passing'], runsTests: false })
    expect([noTests.exitCode, noReport.exitCode]).toEqual([1, 1])
    expect(noTests.lastLine).not.toMatch(/[1-9]\d* passed/)
    expect(noReport.output).not.toMatch(/\d+ passed/)
    expect(noReport.errors).toContain('the tests left no report')
  })
})
