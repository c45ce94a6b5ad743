import { readFileSync } from 'node:fs'

/**
 * A whole file as text, as `readFileSync(path, 'utf8')`, whose short cut in Node 24 ends the process by an assertion
 * when closing the file fails; by way of the bytes every error is one that can be caught.
 */
export function readText(path: string): string {
  return readFileSync(path).toString('utf8')
}
