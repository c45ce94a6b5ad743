import { closeSync, openSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { BusyFailure } from '../failure.ts'
import { outputFailure } from './output-failure.ts'

/** Held until released or until the process ends, however it ends: the kernel frees it. */
export interface Lock {
  readonly release: () => void
}

export interface LockWaiting {
  /** 0: do not wait. */
  readonly waitMs: number
  readonly sleep: (ms: number) => Promise<unknown>
}

const POLL_MS = 200
/** SQLITE_BUSY and SQLITE_NOTADB, https://sqlite.org/rescode.html */
const BUSY = 5
const NOT_A_DATABASE = 26

/**
 * Takes the lock of a state directory, by an exclusive transaction on an empty database: unlike a file with a process
 * id it cannot be left behind by a power cut. Throws BusyFailure (exit 75) when another process holds it for longer
 * than `waitMs`, and OutputFailure (exit 73) when there can be no lock.
 */
export async function acquireLock(directory: string, { waitMs, sleep }: LockWaiting): Promise<Lock> {
  const path = join(directory, 'lock')
  for (let waited = 0; ; waited += POLL_MS) {
    const lock = tryLock(path)
    if (lock !== null) return lock
    if (waited >= waitMs) break
    await sleep(Math.min(POLL_MS, waitMs - waited))
  }
  throw new BusyFailure({
    where: path,
    what: waitMs === 0 ? 'another run holds the lock' : `another run held the lock for ${Math.round(waitMs / 1000)} s`,
    mend: `the next run goes on where that one ends; if there is none (fuser -v ${path}), this file system knows no locks: choose a local one with --state-dir`,
  })
}

function tryLock(path: string): Lock | null {
  try {
    closeSync(openSync(path, 'a', 0o600))
  } catch (error) {
    throw outputFailure(path, 'create the lock', error)
  }
  let result = begin(path)
  if (result === NOT_A_DATABASE) {
    // Whatever damaged the file, nobody can hold a lock on it; emptying it keeps the file that others may be opening.
    try {
      truncateSync(path)
    } catch (error) {
      throw outputFailure(path, 'empty the damaged lock', error)
    }
    result = begin(path)
  }
  return typeof result === 'number' ? null : result
}

function begin(path: string): Lock | typeof BUSY | typeof NOT_A_DATABASE {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    // Without this the transaction creates a journal, and a full disk would cost the lock.
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    const held = database
    return { release: () => held.close() }
  } catch (error) {
    database?.close()
    const number = error instanceof Error && 'errcode' in error ? error.errcode : null
    if (number === BUSY || number === NOT_A_DATABASE) return number
    throw outputFailure(path, 'take the lock', error)
  }
}
