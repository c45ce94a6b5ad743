import {
  closeSync,
  fchmodSync,
  fchownSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  statSync,
  unlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { createByteWriter } from './byte-writer.ts'
import { resolveLinks } from './links.ts'
import { codeOf, outputFailure } from './output-failure.ts'

/**
 * A file that is either wholly there or not there at all, whatever the power does: a temporary file beside the
 * target, fsync, rename, fsync of the directory. What is no regular file (a pipe, a device) is written directly.
 * Every method throws OutputFailure (exit 73) and leaves the target as it was.
 */
export interface DurableFile {
  /** Where the data end up, links resolved. */
  readonly path: string
  readonly write: (data: string | Uint8Array) => void
  /** Only after this returned are the data safe. */
  readonly commit: () => void
  /** Gives up; does nothing after `commit`. */
  readonly abort: () => void
}

export interface DurableOptions {
  /**
   * Permissions of a file in a folder of our own, where `removeLeftovers` tidies up. Without it the file is the user's:
   * an existing one keeps its permissions, a new one follows the umask, and what killed runs left beside it is removed.
   */
  readonly mode?: number
  /** Leaves it to the caller to sync the directory, once for many files. */
  readonly leavesDirectory?: boolean
}

const TEMPORARY = /^\.(?<target>.+)\.(?<pid>\d+)\.tmp$/

export function createDurableFile(path: string, options: DurableOptions = {}): DurableFile {
  const target = resolveLinks(path)
  const existing = statIfThere(target)
  if (existing !== null && !existing.isFile()) return createDirectFile(target)
  if (options.mode === undefined) removeStaleSiblings(target)
  const temporary = join(dirname(target), `.${stemOf(target)}.${process.pid}.tmp`)
  return createSteps(target, openTemporary(temporary, target, options.mode ?? 0o666), {
    finish: (fd, written) => {
      keepOwner(fd, existing, options)
      fsyncSync(fd)
      // Asked for after the fact: a write that the system calls complete may still have stored less.
      const { size } = fstatSync(fd)
      if (size !== written) throw new Error(`only ${size} of ${written} bytes were stored`)
    },
    publish: () => {
      renameSync(temporary, target)
      if (options.leavesDirectory !== true) syncDirectory(dirname(target))
    },
    discard: () => quietly(() => unlinkSync(temporary)),
  })
}

/** Writes a whole file durably; see {@link DurableFile}. */
export function writeDurably(path: string, data: string | Uint8Array, options: DurableOptions = {}): void {
  const file = createDurableFile(path, options)
  file.write(data)
  file.commit()
}

/** Makes renames and unlinks in a directory survive a power cut. */
export function syncDirectory(directory: string): void {
  let fd: number | null = null
  try {
    fd = openSync(directory, 'r')
    fsyncSync(fd)
  } catch (error) {
    // Some network file systems know no fsync of a directory, and there is nothing better to do on them.
    if (codeOf(error) !== 'EINVAL') throw outputFailure(directory, 'sync the directory', error)
  } finally {
    if (fd !== null) closeQuietly(fd)
  }
}

/**
 * Removes the temporary files that killed runs left in a directory of our own; only while holding the lock. Returns the
 * names of what else is there. Throws OutputFailure.
 */
export function removeLeftovers(directory: string): string[] {
  let names: readonly string[]
  try {
    names = readdirSync(directory)
  } catch (error) {
    throw outputFailure(directory, 'list the directory', error)
  }
  return names.filter((name) => {
    const isLeft = TEMPORARY.test(name)
    if (isLeft) quietly(() => unlinkSync(join(directory, name)))
    return !isLeft
  })
}

/** A pipe or a device can be neither renamed nor synced: what was written has left. */
function createDirectFile(target: string): DurableFile {
  let fd: number
  try {
    fd = openSync(target, 'w')
  } catch (error) {
    throw outputFailure(target, 'open for writing', error)
  }
  const nothing = () => undefined
  return createSteps(target, fd, { finish: nothing, publish: nothing, discard: nothing })
}

interface Steps {
  readonly finish: (fd: number, written: number) => void
  readonly publish: () => void
  readonly discard: () => void
}

function createSteps(target: string, fd: number, steps: Steps): DurableFile {
  const writer = createByteWriter(fd)
  let open = true
  let published = false
  const abort = () => {
    if (open) closeQuietly(fd)
    open = false
    if (!published) steps.discard()
  }
  const orAbort = (step: () => void) => {
    try {
      step()
    } catch (error) {
      abort()
      throw outputFailure(target, 'write', error)
    }
  }
  return {
    path: target,
    write: (data) => orAbort(() => writer.write(data)),
    commit: () =>
      orAbort(() => {
        writer.flush()
        steps.finish(fd, writer.written())
        open = false
        closeSync(fd)
        steps.publish()
        published = true
      }),
    abort,
  }
}

function openTemporary(temporary: string, target: string, mode: number): number {
  try {
    return openSync(temporary, 'wx', mode)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw outputFailure(target, 'create', error)
  }
  try {
    // A leftover under this very name can only be of a dead process that had the same id.
    unlinkSync(temporary)
    return openSync(temporary, 'wx', mode)
  } catch (error) {
    throw outputFailure(target, 'create', error)
  }
}

function keepOwner(fd: number, existing: Stats | null, options: DurableOptions): void {
  if (options.mode !== undefined) fchmodSync(fd, options.mode)
  else if (existing !== null) {
    fchmodSync(fd, existing.mode & 0o7777)
    // Only root can give a file to somebody else; anyone else's new file is their own.
    if (process.geteuid?.() === 0) fchownSync(fd, existing.uid, existing.gid)
  }
}

/** Beside a file of the user's another run may be at work, so only what dead processes left is removed. */
function removeStaleSiblings(target: string): void {
  quietly(() => {
    for (const name of readdirSync(dirname(target))) {
      const match = TEMPORARY.exec(name)?.groups
      if (match?.['target'] === stemOf(target) && isDead(Number(match['pid']))) unlinkSync(join(dirname(target), name))
    }
  })
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

/** The temporary name must stay under the limit of 255 bytes. */
function stemOf(target: string): string {
  return basename(target).slice(0, 60)
}

function statIfThere(path: string): Stats | null {
  try {
    return statSync(path)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw outputFailure(path, 'look at the file', error)
  }
}

function closeQuietly(fd: number): void {
  quietly(() => closeSync(fd))
}

function quietly(step: () => void): void {
  try {
    step()
  } catch {
    // Tidying up: whatever failed before is reported already.
  }
}
