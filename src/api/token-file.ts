import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { ConfigurationFailure, reasonOf } from '../failure.ts'
import { type Token, tokenFor } from './tokens.ts'

/** A line of the token file: `NAME SITES sha256:HEX`. */
function tokenLine({ name, sites, sha256: hash }: Token): string {
  return `${name} ${sites === 'all' ? '*' : sites.join(',')} sha256:${hash}`
}

/** Reads a token file: a line per token, `NAME SITES sha256:HEX`; SITES is `*` or ids with commas; `#` starts a comment. */
export function readTokenFile(file: string): Token[] {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigurationFailure({
      where: file,
      what: `the token file cannot be read (${reasonOf(error)})`,
      mend: 'make one with serve --token-file FILE --new-token NAME',
      cause: error,
    })
  }
  const tokens: Token[] = []
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const fields = line.replace(/#.*$/, '').trim()
    if (fields === '') continue
    const [, name, sites, hash] = /^(\S+)\s+(\*|\d+(?:,\d+)*)\s+sha256:([0-9a-f]{64})$/i.exec(fields) ?? []
    if (name === undefined || sites === undefined || hash === undefined || tokens.some((token) => token.name === name)) {
      // The line itself is not shown: somebody may have put a token there.
      throw new ConfigurationFailure({
        where: `${file}, line ${index + 1}`,
        what: name === undefined ? 'is not NAME SITES sha256:HEX' : `the name ${name} stands there twice`,
        mend: 'SITES is * or site ids with commas; serve --token-file FILE --new-token NAME adds such a line',
      })
    }
    tokens.push({ name, sites: sites === '*' ? 'all' : sites.split(',').map(Number), sha256: hash.toLowerCase() })
  }
  return tokens
}

/** Makes a token, adds its hash to the file, and gives back the token itself, which is kept nowhere. Null: the name is taken. */
export function newToken(file: string, name: string, sites: Token['sites']): string | null {
  const tokens = existsSync(file) ? readTokenFile(file) : []
  if (tokens.some((token) => token.name === name)) return null
  const secret = randomBytes(32).toString('base64url')
  const before = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const lineEnd = before === '' || before.endsWith('\n') ? '' : '\n'
  appendFileSync(file, `${lineEnd}${tokenLine(tokenFor(secret, name, sites))}\n`, { mode: 0o600 })
  return secret
}
