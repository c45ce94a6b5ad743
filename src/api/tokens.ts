import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { ConfigurationFailure, reasonOf } from '../failure.ts'

/**
 * A bearer token as the API keeps it. Only the SHA-256 is known here: a token is a long random text, which a
 * plain hash protects as well as a slow one would.
 */
export interface Token {
  readonly name: string
  /** Hex. */
  readonly sha256: string
  /** Sites that it may write to and read. */
  readonly sites: readonly number[] | 'all'
}

/** The token of a secret; `sites` that it is good for, all unless given. */
export function tokenFor(secret: string, name = 'token', sites: readonly number[] | 'all' = 'all'): Token {
  return { name, sha256: sha256(secret), sites }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Finds the token of an `Authorization` header; null for anything else. The comparison is one of hashes. */
export function bearerLookup(tokens: readonly Token[]): (authorization: string | undefined) => Token | null {
  const byHash = new Map(tokens.map((token) => [token.sha256, token]))
  return (authorization) => {
    const secret = /^bearer +([!-~]+)$/i.exec(authorization ?? '')?.[1]
    return secret === undefined ? null : (byHash.get(sha256(secret)) ?? null)
  }
}

export function mayUse(token: Token, siteId: number): boolean {
  return token.sites === 'all' || token.sites.includes(siteId)
}

/** A line of the token file: `NAME SITES sha256:HEX`. */
export function tokenLine({ name, sites, sha256: hash }: Token): string {
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
