import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { leaksIn } from './leaks.ts'
import { REPOSITORY } from './project.ts'

/** Written in pieces, since this file is searched as well. */
const PLANTED: readonly (readonly [kind: string, text: string])[] = [
  ['machine path', ['see ', 'work', 'shared', 'notes'].join('/')],
  ['machine path', ['"', 'root', '.cache"'].join('/')],
  ['machine path', ['file://', 'home', 'somebody', 'a.ts'].join('/')],
  ['machine path', ['', 'Users', 'somebody'].join('/')],
  ['machine path', `${homedir()}/x`],
  ['machine path', `in ${REPOSITORY}`],
  ['registry', ['https:/', 'npm-registry.example.com', 'npm'].join('/')],
  ['registry', ['registry', ' https://packages.example.com'].join('=')],
  ['registry', ['"resolved"', '"https://example.com/a.tgz"'].join(': ')],
  ['token', ['//packages.example.com/:_authToken', 'abc'].join('=')],
  ['token', ['ghp', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')],
  ['token', ['npm', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8'].join('_')],
  ['token', ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTYifQ', 'x'].join('.')],
  ['token', ['https://deploy:s3cr3t', 'example.com'].join('@')],
  ['private key', ['-----BEGIN', 'EC PRIVATE KEY-----'].join(' ')],
]

test.each(PLANTED)('a %s is found in %s', (kind, text) => {
  expect(leaksIn(`first line\n${text}\n`).map((leak) => leak.split(':')[0])).toContain(kind)
})

test('what every installation has is no leak', () => {
  const text = [
    'state in /var/lib/pump-monitor/well1, ~/.local/state, $HOME, /home/operator and /etc/pump-monitor/token',
    'POST https://api.example.com/v1/edge/anomalies and http://127.0.0.1:8080/',
    'Authorization: Bearer $ANOMALY_API_TOKEN',
    "import { a } from '../work/root.ts'",
  ].join('\n')
  expect(leaksIn(text)).toEqual([])
})

test('no tracked file tells where it was made, which registry it came from, or a secret', () => {
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: REPOSITORY, encoding: 'utf8' }).split('\0').filter(Boolean)
  expect(files).toContain('package-lock.json')
  const leaks = files.flatMap((file) => leaksIn(textOf(file)).map((leak) => `${file}: ${leak}`))
  expect(leaks).toEqual([])
})

/** Bytes as characters, so that a model or a picture is searched as well; nothing of a file that is about to be removed. */
function textOf(file: string): string {
  try {
    return readFileSync(join(REPOSITORY, file), 'latin1')
  } catch {
    return ''
  }
}
