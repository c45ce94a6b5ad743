import { createHash } from 'node:crypto'

/**
 * A pump's name as folders and files carry it: `Well 1` is `well-1`. A name without a single Latin letter or digit
 * gives `pump-` and eight digits of its hash, so that two such pumps stay apart.
 */
export function slugOf(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  const slug = plain.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '')
  return slug === '' ? `pump-${createHash('sha256').update(name).digest('hex').slice(0, 8)}` : slug
}
