import { mkdirSync, readdirSync, readFileSync, renameSync, type Stats, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** A state directory as it was at one moment. */
export interface KeptState {
  /** Brings it back to that moment; what did not change is not touched. */
  readonly restore: () => void
}

/** Native libraries, written once and only read after that. */
const LEFT_ALONE = 'native'

/**
 * Remembers a state directory, so that every run of a comparison starts from the same one. What a run leaves is moved away
 * and not removed: for some seconds ext4 looks in vain at each place that a removed file has freed, which cost a run that
 * keeps a thousand anomalies half a second.
 */
export function keepState(directory: string): KeptState {
  const aside = `${directory}-left`
  let moved = 0
  mkdirSync(aside, { recursive: true })
  const before = new Map(filesIn(directory).map(([path, stats]) => [path, { content: readFileSync(path), stats }]))
  return {
    restore: () => {
      const now = new Map(filesIn(directory))
      for (const path of now.keys()) if (!before.has(path)) renameSync(path, join(aside, String(moved++)))
      for (const [path, { content, stats }] of before) {
        const found = now.get(path)
        if (found !== undefined && sameFile(found, stats)) continue
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, content, { mode: stats.mode })
        const { mtimeMs, ino, size } = statSync(path)
        before.set(path, { content, stats: Object.assign(stats, { mtimeMs, ino, size }) })
      }
    },
  }
}

function sameFile(a: Stats, b: Stats): boolean {
  return a.mtimeMs === b.mtimeMs && a.ino === b.ino && a.size === b.size
}

function filesIn(directory: string): [path: string, stats: Stats][] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry): [string, Stats][] => {
    const path = join(directory, entry.name)
    if (entry.isDirectory()) return entry.name === LEFT_ALONE ? [] : filesIn(path)
    return [[path, statSync(path)]]
  })
}
