import { createHash } from 'node:crypto'

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
