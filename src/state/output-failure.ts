import { OutputFailure, reasonOf } from '../failure.ts'

const MENDS: Readonly<Record<string, string>> = {
  ENOSPC: 'free some space or inodes on that file system, then run again',
  EDQUOT: 'raise the quota or free some space, then run again',
  EFBIG: 'raise the limit on file sizes (ulimit -f), then run again',
  EROFS: 'that file system is read-only; remount it or choose another directory',
  EACCES: 'run as the user that owns it, or choose another directory',
  EPERM: 'run as the user that owns it, or choose another directory',
  ENOENT: 'create the directory first',
  ENOTDIR: 'a part of that path is a file; choose another path',
  EISDIR: 'that is a directory; name a file',
  EMFILE: 'raise the limit on open files (ulimit -n), then run again',
  ENFILE: 'the system has no open file left; close some programs, then run again',
  EIO: 'the disk reports errors; check it (dmesg), then run again',
  EPIPE: 'the reader of that pipe went away; run again',
  EBUSY: 'something is mounted on that file; write beside it instead',
  ELOOP: 'the links of that path lead in a circle; choose another path',
}

/** The code of a system error, or null. */
export function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'code' in error ? error.code : null
  return typeof code === 'string' ? code : null
}

/**
 * Turns a failed file operation into exit code 73, with the mend that fits the system's error code. What a step inside
 * has put into words already stays as it is.
 */
export function outputFailure(where: string, doing: string, error: unknown): OutputFailure {
  if (error instanceof OutputFailure) return error
  const code = codeOf(error)
  const mend = (code === null ? undefined : MENDS[code]) ?? 'mend the cause, then run again'
  return new OutputFailure({ where, what: `cannot ${doing} (${reasonOf(error)})`, mend, cause: error })
}
