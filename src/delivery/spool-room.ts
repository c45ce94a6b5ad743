import { statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { isoTime } from '../iso-time.ts'
import { boundBySize } from '../state/retention.ts'
import type { Log } from './log.ts'
import { addLosses } from './losses.ts'
import { byDispensability, type SpoolEntry } from './spool-file.ts'

/** The bound on disk space, and what it costs; every loss is counted in a file and logged. */
export interface SpoolRoom {
  /** Gives up the most dispensable anomalies until so many bytes fit. Throws what the file system throws. */
  readonly makeFor: (bytes: number) => void
  /** Keeps a folder of set-aside anomalies under the same bound, the oldest going first. */
  readonly bound: (folder: string, kind: 'rejected' | 'damaged') => void
}

export interface RoomSetup {
  readonly folder: string
  /** File with the counts of what was lost. */
  readonly losses: string
  readonly maxBytes: number
  readonly log: Log
}

export function createSpoolRoom({ folder, losses, maxBytes, log }: RoomSetup, entries: Map<string, SpoolEntry>): SpoolRoom {
  const sizes = new Map<string, number>()
  const sizeOf = ({ id, name }: SpoolEntry) => {
    const size = sizes.get(id) ?? statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
    sizes.set(id, size)
    return size
  }
  return {
    makeFor: (bytes) => {
      let total = bytes
      for (const entry of entries.values()) total += sizeOf(entry)
      if (total <= maxBytes) return
      for (const entry of [...entries.values()].sort(byDispensability)) {
        if (total <= maxBytes) break
        // Counted before it goes: a power cut in between may count one loss too many, never one too few.
        addLosses(losses, { unsent: { [entry.status]: 1 }, rejected: 0, damaged: 0 })
        unlinkSync(join(folder, entry.name))
        entries.delete(entry.id)
        total -= sizeOf(entry)
        const time = isoTime(entry.timeMs)
        log(
          'error',
          `${folder}: over its bound, so the ${entry.status} of ${time} (${entry.id}) was given up unsent; mend the API, or raise spool.max_mib`,
        )
      }
    },
    bound: (aside, kind) => {
      const gone = boundBySize(aside, maxBytes).filter((name) => name.endsWith('.json')).length
      if (gone === 0) return
      addLosses(losses, { unsent: {}, rejected: 0, damaged: 0, [kind]: gone })
      log('error', `${aside}: over its bound, so its ${gone} oldest anomalies were removed; see why the rest lies there`)
    },
  }
}
