import { chmodSync, lstatSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from '../state/durable.ts'
import { extract, hashOf } from './native-extraction.ts'
import type { NativeFile } from './native-list.ts'
import type { NativeSource } from './native-source.ts'

/** Written into the folder last: everything beside it was extracted, checked and synced. */
const COMPLETE = 'complete'

/** What is left on the disk for anomalies, results and state; they come before predictions [bytes]. Ours. */
const SPARE = 2 * 1_048_576

/** How closely files that are there already are looked at. */
export type Scrutiny = 'sizes' | 'hashes'

export interface ExtractedFiles {
  /** Absolute path of the folder with the files. */
  readonly folder: string
  /** Whether anything had to be written. */
  readonly wrote: boolean
}

/**
 * Sees to it that `<native>/<id>/` holds the files, readable and writable for this user alone; `<native>/` is there and
 * private already. Older versions are removed first, so that a small disk holds one. Throws an Error with the reason
 * when that cannot be had.
 */
export async function ensureFiles(
  native: string,
  source: NativeSource,
  scrutiny: Scrutiny,
  keep: readonly string[],
): Promise<ExtractedFiles> {
  const { id, files } = source.list
  const folder = join(native, id)
  const wasOpen = makePrivate(folder) === 'was open to others'
  removeOthers(native, [id, ...keep])
  removeOthers(folder, [COMPLETE, ...files.map(({ name }) => name)])
  const mustHash = scrutiny === 'hashes' || wasOpen || !isPlainFile(join(folder, COMPLETE))
  leaveRoom(
    native,
    files.filter(({ name, size }) => !isPlainFile(join(folder, name), size)),
  )
  let wrote = false
  try {
    for (const file of files) {
      const path = join(folder, file.name)
      if (isPlainFile(path, file.size) && !(mustHash && (await hashOf(path)) !== file.sha256)) continue
      await extract(path, file, source)
      wrote = true
    }
    if (wrote || mustHash) writeDurably(join(folder, COMPLETE), `${id}\n`, { mode: 0o600 })
  } catch (error) {
    // One library without the other is of no use, and takes room.
    if (wrote) rmSync(folder, { recursive: true, force: true })
    throw error
  }
  return { folder, wrote }
}

/** Throws where the files would take the room that anomalies need. */
function leaveRoom(native: string, missing: readonly NativeFile[]): void {
  const { bavail, bsize, blocks } = statfsSync(native)
  const wanted = missing.reduce((sum, { size }) => sum + size, SPARE)
  // A file system without a size says nothing of its room.
  if (missing.length === 0 || blocks === 0 || wanted <= bavail * bsize) return
  const [free, need] = [bavail * bsize, wanted].map((bytes) => (bytes / 1_048_576).toFixed(1))
  throw new Error(
    `${native}: has ${free} MiB free, and the libraries need ${need} with what anomalies need beside them; free some space, or choose another --state-dir`,
  )
}

/** Makes the directory in one that is there; what others could write to is closed to them, and must not be trusted. */
export function makePrivate(directory: string): 'private' | 'was open to others' {
  try {
    mkdirSync(directory, { mode: 0o700 })
    return 'private'
  } catch (error) {
    if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) throw error
  }
  const found = lstatSync(directory)
  if (!found.isDirectory()) throw new Error(`${directory} is no directory`)
  if (found.uid !== process.geteuid?.()) throw new Error(`${directory} belongs to another user (uid ${found.uid})`)
  if ((found.mode & 0o077) === 0) return 'private'
  chmodSync(directory, 0o700)
  return (found.mode & 0o022) === 0 ? 'private' : 'was open to others'
}

/** Older versions, and what killed runs left half-written. */
function removeOthers(directory: string, keep: readonly string[]): void {
  for (const name of readdirSync(directory)) {
    if (!keep.includes(name)) rmSync(join(directory, name), { recursive: true, force: true })
  }
}

function isPlainFile(path: string, size?: number): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (found === undefined || !found.isFile() || (size !== undefined && found.size !== size)) return false
  return found.uid === process.geteuid?.() && (found.mode & 0o022) === 0
}
