import { statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { readText } from '../state/read-text.ts'
import { createSecret, type Secret } from './secret.ts'

export interface TokenHints {
  readonly env: Readonly<Record<string, string | undefined>>
  /** `api.token_file`, or null. */
  readonly tokenFile: string | null
  /** `api.bearer_token`, or null; present only in a bundle packaged with --embed-token. */
  readonly embedded: string | null
  readonly userId: number
  readonly cwd: string
}

export interface Token {
  readonly secret: Secret
  /** Where it came from, in words for people. */
  readonly source: string
}

const VARIABLE = 'ANOMALY_API_TOKEN'
const CREDENTIAL = 'anomaly_api_token'

/**
 * The bearer token from the first source that has one: $ANOMALY_API_TOKEN, systemd's credential, the token file, the
 * bundle; null without any. A placeholder counts as absent. Throws ConfigurationFailure (exit 78) for a file that cannot
 * be read or that others can read, and for a text that can be no token; no message ever quotes it.
 */
export function findToken(hints: TokenHints): Token | null {
  const { env, tokenFile, embedded, userId, cwd } = hints
  const variable = tokenOf(env[VARIABLE], `$${VARIABLE}`)
  if (variable !== null) return variable
  const credentials = env['CREDENTIALS_DIRECTORY']
  if (credentials !== undefined && credentials !== '') {
    const path = join(credentials, CREDENTIAL)
    // systemd keeps others out of that directory itself, and the unit may not carry this credential.
    const credential = statSync(path, { throwIfNoEntry: false }) === undefined ? null : tokenOf(read(path), path)
    if (credential !== null) return credential
  }
  if (tokenFile !== null) {
    const path = resolve(cwd, tokenFile)
    refuseIfOthersRead(path, userId)
    const filed = tokenOf(read(path), path)
    if (filed !== null) return filed
  }
  return tokenOf(embedded ?? undefined, 'the bundle')
}

/** Whether a text only holds the place of a token: empty, `YOUR_TOKEN`, `<token>`, `${TOKEN}`, `changeme`, `xxxx`. */
export function isPlaceholder(text: string): boolean {
  return /^(?:|your[_ -].*|<.*>|\$\{.*\}|\{\{.*\}\}|change[_ -]?me|placeholder|todo|none|null|x+|\*+|\.+)$/i.test(text.trim())
}

function tokenOf(text: string | undefined, source: string): Token | null {
  const token = text?.trim() ?? ''
  if (isPlaceholder(token)) return null
  // RFC 6750 section 2.1 allows less; whatever else a server gives out, only visible ASCII can stand in a header.
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new ConfigurationFailure({
      where: source,
      what: 'the token contains a space, a line break or another character that cannot stand in a header',
      mend: 'store the token alone, on one line',
    })
  }
  return { secret: createSecret(token), source }
}

function refuseIfOthersRead(path: string, userId: number): void {
  const { mode, uid } = attempt(path, () => statSync(path))
  if ((mode & 0o077) !== 0) {
    throw new ConfigurationFailure({ where: path, what: 'others can read the token file', mend: `run: chmod 600 ${path}` })
  }
  if (uid !== userId && uid !== 0) {
    throw new ConfigurationFailure({
      where: path,
      what: 'the token file belongs to another user',
      mend: `run: chown ${userId} ${path}`,
    })
  }
}

function read(path: string): string {
  return attempt(path, () => readText(path))
}

function attempt<T>(path: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw new ConfigurationFailure({
      where: path,
      what: `cannot read the token (${reasonOf(error)})`,
      mend: 'put the token there, readable by the user of this program only',
      cause: error,
    })
  }
}
