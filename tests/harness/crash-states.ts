import { createHash } from 'node:crypto'
import { dirname } from 'node:path'
import type { Operation } from './file-operations.ts'

/** What a disk may hold after the power went: whole files by their paths, and folders. */
export interface CrashState {
  readonly files: ReadonlyMap<string, Buffer>
  readonly folders: ReadonlySet<string>
  /** Keys of the requests that had left by then. */
  readonly posted: readonly string[]
  /** How many operations had been called. */
  readonly after: number
}

interface Inode {
  /** Null: a folder. */
  data: Buffer | null
  synced: boolean
}

/** A change of one folder's entries that its fsync has not confirmed yet. */
interface Change {
  readonly remove: string | null
  readonly add: { readonly path: string; readonly inode: Inode } | null
}

/**
 * Every state that a file system may legally leave behind when the power goes at any moment of a run, in the manner of
 * Pillai et al., "All File Systems Are Not Created Equal" (OSDI 2014): of the changes to a folder's entries since its last
 * fsync any may have been stored or not, whatever their order; a file that was not synced may be empty, half there, full of
 * zeros or whole. Each distinct state comes once. `before` is what the disk surely held, folders as null.
 */
export function* crashStates(
  operations: readonly Operation[],
  before: ReadonlyMap<string, Buffer | null>,
): Generator<CrashState> {
  const seen = new Set<string>()
  const disk = createDisk(before)
  for (const [index, operation] of operations.entries()) {
    disk.apply(operation)
    for (const { files, folders } of disk.states()) {
      const state = { files, folders, posted: [...disk.posted], after: index + 1 }
      const print = fingerprint(state)
      if (seen.has(print)) continue
      seen.add(print)
      yield state
    }
  }
}

function createDisk(before: ReadonlyMap<string, Buffer | null>) {
  /** The names as the running program sees them. */
  const names = new Map<string, Inode>([['.', { data: null, synced: true }]])
  for (const [path, data] of before) names.set(path, { data, synced: true })
  /** The names that are surely on the disk. */
  const stored = new Map<string, Inode>(names)
  const pending = new Map<string, Change[]>()
  const posted: string[] = []

  const change = (folder: string, made: Change) => {
    pending.set(folder, [...(pending.get(folder) ?? []), made])
  }
  const add = (path: string, inode: Inode) => {
    names.set(path, inode)
    change(dirname(path), { remove: null, add: { path, inode } })
  }
  const apply = (operation: Operation) => {
    switch (operation.kind) {
      case 'create':
        return add(operation.path, { data: Buffer.alloc(0), synced: false })
      case 'mkdir':
        return add(operation.path, { data: null, synced: true })
      case 'write': {
        const inode = names.get(operation.path)
        if (inode?.data !== null && inode !== undefined)
          Object.assign(inode, { data: Buffer.concat([inode.data, operation.data]), synced: false })
        return
      }
      case 'sync': {
        const inode = names.get(operation.path)
        if (inode !== undefined) inode.synced = true
        for (const made of pending.get(operation.path) ?? []) carryOut(stored, made)
        pending.delete(operation.path)
        return
      }
      case 'link': {
        const inode = names.get(operation.from)
        if (inode !== undefined) add(operation.to, inode)
        return
      }
      case 'rename': {
        const inode = names.get(operation.from)
        if (inode === undefined || names.get(operation.to) === inode) return
        names.delete(operation.from)
        names.set(operation.to, inode)
        const whole = { remove: operation.from, add: { path: operation.to, inode } }
        return change(dirname(operation.to), whole)
      }
      case 'unlink':
        names.delete(operation.path)
        return change(dirname(operation.path), { remove: operation.path, add: null })
      case 'post':
        posted.push(operation.key)
        return
    }
  }

  function* states() {
    const changes = [...pending.values()].flat()
    for (let chosen = 0; chosen < 2 ** changes.length; chosen += 1) {
      const entries = new Map(stored)
      for (const [index, made] of changes.entries()) if ((chosen & (1 << index)) !== 0) carryOut(entries, made)
      yield* contents(entries)
    }
  }
  return { apply, states, posted }
}

function carryOut(entries: Map<string, Inode>, { remove, add }: Change): void {
  if (remove !== null) entries.delete(remove)
  if (add !== null) entries.set(add.path, add.inode)
}

function* contents(entries: ReadonlyMap<string, Inode>) {
  const reachable = [...entries].filter(([path]) => entries.has(dirname(path)))
  const folders = new Set(reachable.filter(([, { data }]) => data === null).map(([path]) => path))
  const doubtful = [...new Set(reachable.map(([, inode]) => inode).filter(({ data, synced }) => data !== null && !synced))]
  for (let chosen = 0; chosen < 4 ** doubtful.length; chosen += 1) {
    const files = new Map<string, Buffer>()
    for (const [path, inode] of reachable) {
      if (inode.data === null) continue
      const doubt = doubtful.indexOf(inode)
      files.set(path, doubt < 0 ? inode.data : variant(inode.data, Math.floor(chosen / 4 ** doubt) % 4))
    }
    yield { files, folders }
  }
}

function variant(data: Buffer, which: number): Buffer {
  if (which === 0) return data
  if (which === 1) return Buffer.alloc(0)
  return which === 2 ? Buffer.from(data.subarray(0, data.length / 2)) : Buffer.alloc(data.length)
}

function fingerprint({ files, folders, posted }: CrashState): string {
  const hash = createHash('sha256')
  for (const path of [...folders].sort()) hash.update(`folder ${path}\n`)
  for (const [path, data] of [...files].sort(([a], [b]) => (a < b ? -1 : 1)))
    hash.update(`file ${path} ${data.length}\n`).update(data)
  return hash.update(posted.join()).digest('hex')
}
