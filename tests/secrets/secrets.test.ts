import { spawnSync } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { projectOf, REPOSITORY } from '../check/project.ts'

const SEARCH = ['run', 'search', 'token', 'watch'].map((name) => `tests/secrets/${name}.ts`)

/** A run of tests that do this, each with a TOKEN and an empty folder. Its stdout holds tokens, and is not looked at. */
function runOf(doings: readonly string[]) {
  const tests = doings.map(
    (doing, index) =>
      `test('${index}', async () => { const folder = mkdtempSync(join(tmpdir(), 'planted-${index}-')); ${doing} })`,
  )
  const project = projectOf({
    ...Object.fromEntries(SEARCH.map((file) => [file, readFileSync(join(REPOSITORY, file), 'utf8')])),
    'tests/leaking.test.ts': `
      import { execFileSync, spawn, spawnSync } from 'node:child_process'
      import { once } from 'node:events'
      import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
      import { tmpdir } from 'node:os'
      import { join } from 'node:path'
      import { test } from 'vitest'
      import { searchOutput } from './secrets/search.ts'
      import { testToken } from './secrets/token.ts'
      const TOKEN = testToken('planted')
      ${tests.join('\n')}
    `,
  })
  const { status, stderr } = spawnSync(join(REPOSITORY, 'node_modules/.bin/vitest'), ['run'], {
    cwd: project.root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  project.remove()
  return { status, stderr }
}

/** Where the token goes, and what the run says of it. */
const PLANTED: readonly (readonly [where: string, doing: string, said: RegExp])[] = [
  ['in a file that stays', "writeFileSync(join(folder, 'state.json'), '{\"a\":\"' + TOKEN)", /state\.json: a token as it is/],
  [
    'in a file that a test removed',
    "writeFileSync(join(folder, 'a.log'), TOKEN); rmSync(folder, { recursive: true })",
    /a\.log: a token as it is/,
  ],
  ['in the name of a file', 'mkdirSync(join(folder, encodeURIComponent(TOKEN)))', /name of a file in planted-2-\w+: a token/],
  [
    'at the end of a file of 32 MiB',
    "writeFileSync(join(folder, 'well1'), '\\0'.repeat(2 ** 25) + TOKEN)",
    /well1: a token as it is/,
  ],
  ['as a URL writes it', "writeFileSync(join(folder, 'urls'), '?token=' + encodeURIComponent(TOKEN))", /urls: a token as it is/],
  ...['', 'd', 'de'].map(
    (user) =>
      [
        `in the header of a user and a password, after ${user.length} characters`,
        `writeFileSync(join(folder, 'basic${user}'), 'Basic ' + Buffer.from('${user}' + TOKEN).toString('base64'))`,
        new RegExp(`basic${user}: a token in base64`),
      ] as const,
  ),
  ['in what a program printed', "await once(spawn('echo', [TOKEN]), 'close')", /stdout of echo: a token/],
  [
    'in two pieces of what a program printed',
    `const sh = spawn('sh', ['-c', 'printf %s $0 >&2; sleep 0.2; printf %s $1 >&2', TOKEN.slice(0, 9), TOKEN.slice(9)])
     sh.stderr.resume()
     await once(sh, 'close')`,
    /stderr of sh: a token/,
  ],
  ['in what a program printed that was waited for', "spawnSync('bash', ['-c', 'echo $0 >&2', TOKEN])", /stderr of bash: a token/],
  [
    'in the error of a program',
    "try { execFileSync('bash', ['-c', 'echo $0; exit 1', TOKEN]) } catch {}",
    /stdout of bash: a token/,
  ],
  ['in what a command printed within the test', "searchOutput('stderr of query', TOKEN)", /stderr of query: a token/],
  ['in what vitest logs', "console.log('Bearer ' + TOKEN)", /stdout of vitest: a token/],
]

describe('a token fails the run, which says where it was', () => {
  let run: ReturnType<typeof runOf>
  beforeAll(() => {
    run = runOf(PLANTED.map(([, doing]) => doing))
  })

  test('by its exit status, and without the token', () => {
    expect(run.status).toBe(1)
    expect(run.stderr).not.toContain('planted+')
  })

  test.each(PLANTED)('%s', (_, __, said) => {
    expect(run.stderr).toMatch(said)
  })
})

test('a token in its file, in the environment of a program and behind a link is where it belongs', () => {
  const { status, stderr } = runOf([
    "writeFileSync(join(folder, 'token'), TOKEN); symlinkSync(join(folder, 'token'), join(folder, 'link'))",
    `spawnSync('sh', ['-c', 'test -n "$ANOMALY_API_TOKEN"'], { env: { ANOMALY_API_TOKEN: TOKEN } })`,
  ])
  expect([status, stderr]).toEqual([0, ''])
})

test('no test makes a token that would not be searched for', () => {
  const forgotten = /TOKEN = ['"`]|\b(?:createSecret|tokenFor)\(['"`]|(?:ANOMALY_API_TOKEN|bearer_token): ['"`](?!['"`])/
  const files = globSync('tests/**/*.ts', { cwd: REPOSITORY }).filter((file) => !file.startsWith('tests/bench/'))
  expect(files).toContain('tests/delivery/spools.ts')
  expect(files.filter((file) => forgotten.test(readFileSync(join(REPOSITORY, file), 'utf8')))).toEqual([])
  expect(['tokenFor', "'a')"].join('(')).toMatch(forgotten)
})
