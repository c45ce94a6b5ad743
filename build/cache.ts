import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { access, mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as delay } from 'node:timers/promises'
import { ROOT } from './root.ts'

/** Where everything is cached that a build need not do twice. */
export const CACHE = join(ROOT, '.cache')

export type Log = (line: string) => void

export interface Cache {
  /** Holds one folder per kind of thing and one in it per content. */
  readonly directory: string
  /** One line per step that is really done. */
  readonly log: Log
}

/** Everything that the bytes of a cached folder depend on; its hash is the name of the folder. */
export type CacheKey = Readonly<Record<string, string | number | boolean | null>>

/** A build that is younger than this may still be read by a test that runs beside this one. */
const KEEP_MS = 3_600_000
const KEEP_NEWEST = 4

/**
 * The folder of what `make` makes, made only when it is not there. It is made under another name and renamed, so
 * that a folder in place is whole; two builds of the same thing wait for each other instead of doing it twice.
 */
export async function cached(
  cache: Cache,
  kind: string,
  key: CacheKey,
  make: (folder: string) => Promise<void>,
): Promise<string> {
  const name = hashOf(key)
  const home = join(cache.directory, kind)
  const folder = join(home, name)
  if (await isThere(folder)) return await used(folder)
  const unlock = await lock(join(cache.directory, 'locks'), kind)
  try {
    if (await isThere(folder)) return await used(folder)
    // One name for each kind: the lock says that whoever left something there is gone.
    const unfinished = join(cache.directory, `unfinished-${kind}`)
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(unfinished)
    try {
      await make(unfinished)
      await mkdir(home, { recursive: true })
      await rename(unfinished, folder)
    } finally {
      await rm(unfinished, { recursive: true, force: true })
    }
    await removeOld(home)
    return folder
  } finally {
    unlock()
  }
}

function hashOf(key: CacheKey): string {
  const sorted = Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256').update(JSON.stringify(sorted)).digest('hex').slice(0, 32)
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}

async function used(folder: string): Promise<string> {
  const now = new Date()
  await utimes(folder, now, now)
  return folder
}

/** A change of the sources makes a runtime of 110 MB per target: what nobody used for an hour goes. */
async function removeOld(home: string): Promise<void> {
  const folders = await Promise.all(
    (await readdir(home)).map(async (name) => ({ path: join(home, name), usedMs: (await stat(join(home, name))).mtimeMs })),
  )
  folders.sort((a, b) => b.usedMs - a.usedMs)
  for (const { path, usedMs } of folders.slice(KEEP_NEWEST)) {
    if (usedMs < Date.now() - KEEP_MS) await rm(path, { recursive: true, force: true })
  }
}

/** Waits for a lock that the kernel frees with the process that holds it. */
async function lock(directory: string, name: string): Promise<() => void> {
  mkdirSync(directory, { recursive: true })
  const database = new DatabaseSync(join(directory, name))
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE')
      return () => database.close()
    } catch (error) {
      if (!/locked/.test(String(error))) throw error
      await delay(100)
    }
  }
}
