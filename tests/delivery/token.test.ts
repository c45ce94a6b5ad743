import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createSecret } from '../../src/delivery/secret.ts'
import { findToken, isPlaceholder, type TokenHints } from '../../src/delivery/token.ts'
import { testToken } from '../secrets/token.ts'
import { testFolder } from '../state/folder.ts'
import { TOKEN } from './spools.ts'

const userId = process.geteuid?.() ?? 0
const isRoot = userId === 0
const [CREDENTIAL, FILED, EMBEDDED] = [testToken('credential'), testToken('file'), testToken('embedded')]
const hints = (changes: Partial<TokenHints> = {}): TokenHints => ({
  env: {},
  tokenFile: null,
  embedded: null,
  userId,
  cwd: '/',
  ...changes,
})

function tokenFile(text: string, mode = 0o600, folder = testFolder(), name = 'token'): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  chmodSync(path, mode)
  return path
}

test('the first source that has a token wins: the environment, the credential, the file, the bundle', () => {
  const credentials = join(testFolder(), 'credentials')
  mkdirSync(credentials)
  tokenFile(`${CREDENTIAL}\n`, 0o440, credentials, 'anomaly_api_token')
  const file = tokenFile(`${FILED}\n`)
  const env = { ANOMALY_API_TOKEN: TOKEN, CREDENTIALS_DIRECTORY: credentials }
  const reveal = (changes: Partial<TokenHints>) => findToken(hints(changes))?.secret.reveal()
  expect(reveal({ env, tokenFile: file, embedded: EMBEDDED })).toBe(TOKEN)
  expect(reveal({ env: { ...env, ANOMALY_API_TOKEN: '' }, tokenFile: file })).toBe(CREDENTIAL)
  expect(reveal({ env: { CREDENTIALS_DIRECTORY: testFolder() }, tokenFile: file, embedded: EMBEDDED })).toBe(FILED)
  expect(reveal({ embedded: EMBEDDED })).toBe(EMBEDDED)
  expect(findToken(hints())).toBeNull()
})

test('a relative path of a token file starts where the program stands', () => {
  const path = tokenFile(FILED)
  expect(findToken(hints({ tokenFile: 'token', cwd: join(path, '..') }))).toMatchObject({ source: path })
})

test.for([
  '',
  ' ',
  'YOUR_TOKEN',
  'your-api-token',
  '<token>',
  '${API_TOKEN}',
  '{{token}}',
  'changeme',
  'CHANGE_ME',
  'xxxx',
  '****',
  '...',
  'null',
])('the placeholder %j counts as absent', (text) => {
  expect(isPlaceholder(text)).toBe(true)
  expect(findToken(hints({ embedded: text }))).toBeNull()
})

test.for(['a1b2', 'eyJhbGciOi.eyJzdWIi.sig-_~+/=', 'yours-truly'])('%s is a token', (text) => {
  expect(isPlaceholder(text)).toBe(false)
})

test.for([0o640, 0o604, 0o660, 0o644])(
  'a token file of mode %o, which others can read, is refused with the command that mends it',
  (mode) => {
    const path = tokenFile(TOKEN, mode)
    expect(() => findToken(hints({ tokenFile: path }))).toThrow(
      expect.objectContaining({ exitCode: 78, message: expect.stringContaining(`chmod 600 ${path}`) }),
    )
  },
)

test.runIf(isRoot)('a token file of another user is refused', () => {
  const path = tokenFile(TOKEN)
  chownSync(path, 54_321, 54_321)
  expect(() => findToken(hints({ tokenFile: path }))).toThrow(/belongs to another user/)
})

test('a token file that is not there is exit code 78', () => {
  expect(() => findToken(hints({ tokenFile: '/missing/token' }))).toThrow(expect.objectContaining({ exitCode: 78 }))
})

test.for([`${TOKEN}\nsecond line`, `${TOKEN} and more`, `${TOKEN}\u0000`, `${TOKEN}é`])(
  'a text that cannot stand in a header is refused without being repeated',
  (text) => {
    const attempt = () => findToken(hints({ env: { ANOMALY_API_TOKEN: text } }))
    expect(attempt).toThrow(expect.objectContaining({ exitCode: 78, message: expect.not.stringContaining(TOKEN) }))
  },
)

test('a secret shows itself in no way of printing', () => {
  const secret = createSecret(TOKEN)
  const shown = [
    `${secret}`,
    String(secret),
    JSON.stringify({ secret }),
    inspect(secret, { showHidden: true, depth: 10 }),
    inspect({ deep: { secret } }),
    format('%s %o %j', secret, secret, secret),
    [secret].join(),
    Object.values(secret).join(),
    new Error('failed', { cause: secret }).stack ?? '',
  ]
  expect(shown.join('\n')).not.toContain(TOKEN)
  expect(secret.redact(`Bearer ${TOKEN}, ${TOKEN}`)).toBe('Bearer [redacted], [redacted]')
  expect(secret.reveal()).toBe(TOKEN)
})
