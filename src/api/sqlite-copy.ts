import { closeSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/**
 * Copies the database as it is at one moment, while others go on writing to it, and leaves the copy on the disk.
 * `VACUUM INTO` reads one snapshot; SQLite's backup interface starts anew with every write of another program.
 */
export function backUpSqlite(file: string, copy: string): void {
  const partial = `${copy}.partial`
  rmSync(partial, { force: true })
  const connection = new DatabaseSync(file, { readOnly: true, timeout: 10_000 })
  try {
    connection.prepare('vacuum into ?').run(partial)
  } finally {
    connection.close()
  }
  sync(partial)
  renameSync(partial, copy)
  sync(dirname(copy))
}

function sync(path: string): void {
  const descriptor = openSync(path, 'r')
  fsyncSync(descriptor)
  closeSync(descriptor)
}
