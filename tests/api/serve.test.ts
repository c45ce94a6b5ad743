import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
import { tokenFor } from '../../src/api/tokens.ts'
import { testToken } from '../secrets/token.ts'
import { anomaly, post, tokenLine } from './anomalies.ts'

const TOKEN = testToken('serve')

const cli = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'serve-'))
const running: ChildProcessByStdio<null, Readable, Readable>[] = []
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true }))

/** What the machine's own settings of npm would say about where the user stands is taken out. */
const env = { PATH: process.env['PATH'], HOME: folder }

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, 'serve', ...args], { cwd: folder, encoding: 'utf8', env })
  return { status, stdout, stderr }
}

async function serve(...args: string[]) {
  const child = spawn(process.execPath, [cli, 'serve', '--port', '0', ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.push(child)
  const [line] = await once(child.stdout.setEncoding('utf8'), 'data')
  return { child, url: String(line).trim() }
}

describe('serve', () => {
  test('a new token is printed once, kept as a hash that only the owner can read, and lets its site in', async () => {
    const { status, stdout } = run('--token-file', 'tokens', '--new-token', 'well-1', '--sites', '12')
    const token = stdout.trim()
    expect(status).toBe(0)
    expect(token).toMatch(/^[\w-]{43}$/)
    expect(readFileSync(join(folder, 'tokens'), 'utf8')).toBe(`${tokenLine(tokenFor(token, 'well-1', [12]))}\n`)
    expect(statSync(join(folder, 'tokens')).mode & 0o777).toBe(0o600)

    const { url } = await serve('--token-file', 'tokens', '--db', 'new.db')
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect((await fetch(`${url}/edge/anomalies`, post(token, 'k', anomaly()))).status).toBe(201)
    expect((await fetch(`${url}/edge/anomalies`, post(token, 'k', anomaly({ siteId: 13 })))).status).toBe(403)
  })

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s stops it with exit 0, and nothing that it acknowledged is lost',
    async (signal) => {
      writeFileSync(join(folder, 'all'), `# everything\n\n${tokenLine(tokenFor(TOKEN))} # all\n`)
      const first = await serve('--token-file', 'all', '--db', `${signal}.db`)
      let acknowledged = 0
      const sending = Array.from({ length: 400 }, async (_, index) => {
        const answer = await fetch(`${first.url}/edge/anomalies`, post(TOKEN, `${index}`, anomaly())).catch(() => null)
        if (answer?.status === 201) acknowledged++
        if (acknowledged === 100) first.child.kill(signal)
      })
      await Promise.all([...sending, once(first.child, 'exit')])
      expect(first.child.exitCode).toBe(0)
      expect(acknowledged).toBeGreaterThanOrEqual(100)

      const second = await serve('--token-file', 'all', '--db', `${signal}.db`)
      const answer = await fetch(`${second.url}/edge/anomalies?take=1`, { headers: { authorization: `Bearer ${TOKEN}` } })
      expect(JSON.parse(await answer.text()).total).toBeGreaterThanOrEqual(acknowledged)
    },
  )

  test('SIGHUP makes it read the token file again; a broken file leaves the tokens as they were', async () => {
    const file = join(folder, 'rotated')
    writeFileSync(file, tokenLine(tokenFor(TOKEN, 'well-1')))
    const { child, url } = await serve('--token-file', 'rotated', '--db', 'rotated.db')
    const status = async (token: string) =>
      (await fetch(`${url}/edge/anomalies`, { headers: { authorization: `Bearer ${token}` } })).status
    const hangUp = async () => {
      child.kill('SIGHUP')
      return String(await once(child.stderr.setEncoding('utf8'), 'data'))
    }
    const added = run('--token-file', 'rotated', '--new-token', 'well-1-next').stdout.trim()
    expect(await status(added)).toBe(401)
    expect(await hangUp()).toMatch(/rotated read again/)
    expect([await status(TOKEN), await status(added)]).toEqual([200, 200])
    writeFileSync(file, 'nonsense')
    expect(await hangUp()).toMatch(/rotated, line 1: .*; the tokens stay as they were/)
    expect([await status(TOKEN), await status(added)]).toEqual([200, 200])
  })

  test('--openapi prints the document', () => {
    const { status, stdout } = run('--openapi')
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ openapi: '3.1.0' })
  })

  test.each([
    ['no token file', 64, [], /--token-file: is missing; see pump-monitor serve --help/],
    ['a token file that is not there', 78, ['--token-file', 'none'], /none: the token file cannot be read \(ENOENT/],
    ['an unknown option', 64, ['--token-file', 'all', '--prt', '1'], /unknown option --prt; did you mean --port\?/],
    [
      'a port that is none',
      64,
      ['--token-file', 'empty', '--port', '70000'],
      /--port: 70000 is not a whole number from 0 to 65535/,
    ],
    ['sites without a new token', 64, ['--token-file', 'empty', '--sites', '1'], /--sites: goes with --new-token/],
    [
      'a database in a folder that is not there',
      78,
      ['--token-file', 'empty', '--db', 'a/b.db'],
      /a\/b\.db: cannot be opened as the database/,
    ],
    [
      'a database that is something else',
      78,
      ['--token-file', 'empty', '--db', 'text'],
      /text: cannot be opened .*not a database/,
    ],
    [
      'an address that this machine does not have',
      78,
      ['--token-file', 'empty', '--host', '192.0.2.1'],
      /192\.0\.2\.1:8080: .*EADDRNOTAVAIL/,
    ],
    ['a name that is taken', 64, ['--token-file', 'named', '--new-token', 'well-1'], /well-1 is already in/],
    ['a name with a space', 64, ['--token-file', 'named', '--new-token', 'well 1'], /wants a name without spaces/],
  ])('%s: exit %i and one line', (_name, code, args, line) => {
    writeFileSync(join(folder, 'empty'), '')
    writeFileSync(join(folder, 'text'), 'this is a text that is long enough to be taken for a file of some kind. '.repeat(20))
    writeFileSync(join(folder, 'named'), `${tokenLine(tokenFor(TOKEN, 'well-1'))}\n`)
    const { status, stderr } = run(...args)
    expect(stderr).toMatch(line)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(status).toBe(code)
  })

  test('a token in the place of its hash is refused without being shown', () => {
    writeFileSync(join(folder, 'token'), `well-1 * ${TOKEN}\n`)
    const { status, stderr } = run('--token-file', 'token')
    expect(status).toBe(78)
    expect(stderr).toContain('token, line 1')
    expect(stderr).not.toContain(TOKEN)
  })
})
