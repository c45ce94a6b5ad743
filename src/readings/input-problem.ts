import { InputFailure, reasonOf } from '../failure.ts'
import { nearestName } from '../nearest.ts'

/** Why an input cannot be opened; `neighbours` are the names in the directory where it was looked for. */
export function cannotOpen(file: string, cause: unknown, neighbours: readonly string[]): InputFailure {
  const code = cause instanceof Error && 'code' in cause ? cause.code : null
  if (code === 'ENOENT') {
    const near = nearestName(file.replace(/^.*\//, ''), neighbours)
    const mend = near === null ? 'give the path of a CSV file' : `did you mean ${near}?`
    return new InputFailure({ where: file, what: 'does not exist', mend, cause })
  }
  if (code === 'EACCES') {
    return new InputFailure({
      where: file,
      what: 'may not be read by this user',
      mend: 'allow it, or run as another user',
      cause,
    })
  }
  return new InputFailure({ where: file, what: `cannot be opened (${reasonOf(cause)})`, mend: 'check the path', cause })
}

export function cannotRead(file: string, cause: unknown): InputFailure {
  return new InputFailure({
    where: file,
    what: `cannot be read (${reasonOf(cause)})`,
    mend: 'check the disk or the mount',
    cause,
  })
}
