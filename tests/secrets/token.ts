import { Buffer } from 'node:buffer'

/** In pieces, so that this source, which tests copy, is not taken for a leak. */
const MARK = ['Zq7Vp3', 'kX8Wm', 'T2nYd'].join('')

/**
 * A token for tests. All of them carry one mark, so that a new one cannot be forgotten when their leaks are searched
 * for, and characters that a URL writes otherwise.
 */
export function testToken(name: string): string {
  return `${MARK}/${name}+`
}

/** The mark as it is (no encoding of URLs, JSON or HTML changes its letters), in hex, and at each alignment of base64. */
const FORMS: readonly (readonly [form: string, text: string])[] = [
  ['as it is', MARK],
  ['in hex', Buffer.from(MARK).toString('hex')],
  ...[0, 1, 2].map((offset) => ['in base64', base64Of(offset)] as const),
]

/** What base64 makes of the mark after so many other bytes: only the characters that no neighbour has a part in. */
function base64Of(offset: number): string {
  const text = Buffer.concat([Buffer.alloc(offset), Buffer.from(MARK)]).toString('base64')
  return text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + MARK.length) * 8) / 6))
}

/** Bytes that a form may be cut in by the end of a piece: what has to be kept to see it in the next one. */
export const LONGEST_FORM = Math.max(...FORMS.map(([, text]) => text.length))

/** In which form a token is in these bytes; null when there is none. */
export function tokenFormIn(bytes: Buffer): string | null {
  return FORMS.find(([, text]) => bytes.includes(text, 0, 'latin1'))?.[0] ?? null
}
