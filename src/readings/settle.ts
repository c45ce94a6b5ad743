import { mkdirSync, readdirSync, renameSync, type Stats, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { reasonOf } from '../failure.ts'
import { beyondBound, freeName, type Settled } from './inbox.ts'

/** A file of an inbox that may be moved. */
export interface Finished {
  readonly path: string
  readonly stats: Stats
  /** null: it was read. */
  readonly reason: string | null
}

/** Moves files out of their inbox, and keeps what lies beside it within a bound. Never throws. */
export function settle(finished: readonly Finished[], maxBytes: number): Settled {
  const moved: string[] = []
  const kept: { file: string; reason: string }[] = []
  const removed: string[] = []
  for (const file of finished) {
    try {
      moved.push(moveFinished(file))
    } catch (error) {
      kept.push({ file: file.path, reason: reasonOf(error) })
    }
  }
  for (const directory of new Set(moved.map((path) => dirname(path)))) removed.push(...prune(directory, maxBytes))
  return { moved, kept, removed }
}

function moveFinished({ path, stats, reason }: Finished): string {
  const now = statSync(path)
  if (now.size !== stats.size || now.mtimeMs !== stats.mtimeMs) throw new Error('was written to meanwhile')
  const directory = join(dirname(path), reason === null ? 'processed' : 'failed')
  mkdirSync(directory, { recursive: true })
  const target = join(directory, freeName(basename(path), new Set(readdirSync(directory))))
  if (reason !== null) writeFileSync(`${target}.reason`, `${reason}\n`)
  renameSync(path, target)
  return target
}

/** Removes the oldest files beyond the bound; what cannot be removed stays for the next run. */
function prune(directory: string, maxBytes: number): string[] {
  try {
    const files = readdirSync(directory).map((name) => {
      const { size, mtimeMs } = statSync(join(directory, name))
      return { name, bytes: size, mtimeMs }
    })
    const gone = beyondBound(files, maxBytes).map((name) => join(directory, name))
    for (const path of gone) unlinkSync(path)
    return gone
  } catch {
    return []
  }
}
