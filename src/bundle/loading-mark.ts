import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '../state/durable.ts'

/** Name of the file that exists from before the libraries are loaded until the first prediction. */
export const LOADING_MARK = 'loading'

/** A library that ends the process leaves no exception behind; after this many such ends it is not loaded any more. */
export const DEATHS_ALLOWED = 3

interface Mark {
  readonly id: string
  readonly attempts: number
}

/** How often in a row the process ended while it loaded the libraries with this id. */
export function deathsOf(native: string, id: string): number {
  let text: string
  try {
    text = readFileSync(join(native, LOADING_MARK), 'utf8')
  } catch {
    return 0
  }
  try {
    const mark = JSON.parse(text) as Partial<Mark>
    if (mark.id !== id) return 0
    return typeof mark.attempts === 'number' ? mark.attempts : 1
  } catch {
    // Not ours as it stands, so it was cut short: somebody was about to load.
    return 1
  }
}

/** Synced, because a device that hangs while it loads is ended by its watchdog, and that too must be counted. */
export function markLoading(native: string, id: string, attempts: number): void {
  const mark: Mark = { id, attempts }
  writeDurably(join(native, LOADING_MARK), JSON.stringify(mark), { mode: 0o600 })
}

/** The process lives, or a person wants the libraries to be tried again. */
export function clearLoading(native: string): void {
  rmSync(join(native, LOADING_MARK), { force: true })
}
