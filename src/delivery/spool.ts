import { renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { AnomalyRecord } from '../anomaly/record.ts'
import { reasonOf } from '../failure.ts'
import { removeLeftovers, syncDirectory, writeDurably } from '../state/durable.ts'
import { codeOf, outputFailure } from '../state/output-failure.ts'
import { readText } from '../state/read-text.ts'
import type { Log } from './log.ts'
import {
  answerName,
  byPriority,
  decodeSpoolFile,
  encodeSpoolFile,
  entryOf,
  parseSpoolName,
  type SpoolEntry,
  spoolName,
} from './spool-file.ts'
import { createSpoolRoom, type SpoolRoom } from './spool-room.ts'

export interface SpoolSetup {
  /** Waiting, rejected and damaged anomalies: three existing folders on one file system. */
  readonly unsent: string
  readonly rejected: string
  readonly damaged: string
  /** File with the counts of what the bound cost. */
  readonly losses: string
  /** Bound of each of the three folders. */
  readonly maxBytes: number
  readonly log: Log
}

/** Anomalies that wait for the API, one file each; used only while holding the lock. */
export interface Spool {
  /** One id is one anomaly. Safe from a power cut only with `settle`. Throws OutputFailure. */
  readonly add: (record: AnomalyRecord) => void
  /** Returns once everything that was added is safe from a power cut. Throws OutputFailure. */
  readonly settle: () => void
  /** What waits, the most urgent first. */
  readonly waiting: () => readonly SpoolEntry[]
  /** The bytes to send; null, and said, when the file is damaged (then it is set aside) or cannot be read. */
  readonly read: (entry: SpoolEntry) => { readonly record: AnomalyRecord; readonly body: string } | null
  /**
   * Notes durably that requests are about to leave: even a power cut leaves a trace of them. Null for one that must not
   * leave, because the disk takes no note of it; a full disk alone is no such reason, as delivery is what frees it.
   */
  readonly markTried: (entries: readonly SpoolEntry[]) => readonly (SpoolEntry | null)[]
  /** Takes the note back: nothing can have been stored. */
  readonly unmarkTried: (entry: SpoolEntry) => void
  readonly remove: (entry: SpoolEntry) => void
  /** Sets a refused anomaly aside, the server's answer beside it. */
  readonly reject: (entry: SpoolEntry, answer: string) => void
  /** Makes removals survive a power cut. */
  readonly sync: () => void
}

const FULL = ['ENOSPC', 'EDQUOT']

/** Lists what waits. Throws OutputFailure when the folder cannot be listed; a bad file never hinders the start. */
export function openSpool(setup: SpoolSetup): Spool {
  const { unsent, log } = setup
  const entries = listEntries(unsent)
  const room = createSpoolRoom({ ...setup, folder: unsent }, entries)
  const files = createFiles(setup, entries, room)
  let isSettled = true
  return {
    add: (record) => {
      // Also where it is there already: a run that was killed may have left it unsettled.
      isSettled = false
      const entry = entryOf(record)
      if (entries.has(entry.id)) return
      const text = encodeSpoolFile(record)
      try {
        room.makeFor(Buffer.byteLength(text))
      } catch (error) {
        throw outputFailure(unsent, 'make room for an anomaly', error)
      }
      writeDurably(join(unsent, entry.name), text, { mode: 0o600, leavesDirectory: true })
      entries.set(entry.id, entry)
    },
    settle: () => {
      if (!isSettled) syncDirectory(unsent)
      isSettled = true
    },
    waiting: () => [...entries.values()].sort(byPriority),
    read: files.read,
    markTried: (chosen) => {
      const marked = chosen.map((entry) => files.mark(entry))
      return sayIfFails(log, () => syncDirectory(unsent)) ? marked : marked.map(() => null)
    },
    unmarkTried: (entry) => {
      files.rename(entry, Math.max(0, entry.tries - 1))
    },
    remove: files.remove,
    reject: files.reject,
    sync: () => {
      sayIfFails(log, () => syncDirectory(unsent))
    },
  }
}

function createFiles({ unsent, rejected, damaged, log }: SpoolSetup, entries: Map<string, SpoolEntry>, room: SpoolRoom) {
  const pathOf = ({ name }: SpoolEntry) => join(unsent, name)
  /** Each step can fail on a disk that takes no change; delivery goes on, and says so. Returns the code, null when it went well. */
  const change = (entry: SpoolEntry, doing: string, step: () => void): string | null => {
    try {
      step()
      return null
    } catch (error) {
      if (codeOf(error) === 'ENOENT') entries.delete(entry.id)
      log('error', `${pathOf(entry)}: cannot ${doing} (${reasonOf(error)}); the next run tries again`)
      return codeOf(error) ?? 'unknown'
    }
  }
  const renameTo = (entry: SpoolEntry, tries: number): { readonly failed: string | null; readonly entry: SpoolEntry } => {
    const renamed = { ...entry, tries, name: spoolName({ ...entry, tries }) }
    const failed = change(entry, 'note the attempt', () => renameSync(pathOf(entry), pathOf(renamed)))
    if (failed !== null) return { failed, entry }
    entries.set(entry.id, renamed)
    return { failed, entry: renamed }
  }
  const moveTo = (entry: SpoolEntry, folder: string, kind: 'rejected' | 'damaged') => {
    const failed = change(entry, `move it to ${folder}`, () => renameSync(pathOf(entry), join(folder, entry.name)))
    if (failed !== null) return
    entries.delete(entry.id)
    sayIfFails(log, () => syncDirectory(folder))
    sayIfFails(log, () => room.bound(folder, kind))
  }
  return {
    read: (entry: SpoolEntry) => {
      let text: string
      try {
        text = readText(pathOf(entry))
      } catch (error) {
        if (codeOf(error) === 'ENOENT') entries.delete(entry.id)
        log('error', `${pathOf(entry)}: cannot be read (${reasonOf(error)}); left for the next run`)
        return null
      }
      const content = decodeSpoolFile(text, entry.id)
      if (content.kind === 'sound') return content
      log('error', `${pathOf(entry)}: ${content.reason}; moving it to ${damaged}`)
      moveTo(entry, damaged, 'damaged')
      return null
    },
    mark: (entry: SpoolEntry): SpoolEntry | null => {
      const { failed, entry: marked } = renameTo(entry, entry.tries + 1)
      return failed === null || FULL.includes(failed) ? marked : null
    },
    rename: renameTo,
    remove: (entry: SpoolEntry) => {
      const failed = change(entry, 'remove it after delivery', () => unlinkSync(pathOf(entry)))
      if (failed === null) entries.delete(entry.id)
    },
    reject: (entry: SpoolEntry, answer: string) => {
      sayIfFails(log, () => writeDurably(join(rejected, answerName(entry)), `${answer}\n`, { mode: 0o600 }))
      moveTo(entry, rejected, 'rejected')
    },
  }
}

function sayIfFails(log: Log, step: () => void): boolean {
  try {
    step()
    return true
  } catch (error) {
    log('error', reasonOf(error))
    return false
  }
}

/** One entry per id: of two files the one with more tries is the later. */
function listEntries(folder: string): Map<string, SpoolEntry> {
  const entries = new Map<string, SpoolEntry>()
  try {
    for (const name of removeLeftovers(folder)) {
      const entry = parseSpoolName(name)
      if (entry === null) continue
      const known = entries.get(entry.id)
      if (known === undefined || known.tries < entry.tries) entries.set(entry.id, entry)
    }
  } catch (error) {
    throw outputFailure(folder, 'list the waiting anomalies', error)
  }
  return entries
}
