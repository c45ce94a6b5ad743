import { readdirSync, statSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { outputFailure } from './output-failure.ts'
import { parseResultsFileName, type ResultsFile } from './results-file.ts'

const DAY_MS = 86_400_000

/** The results that are kept, oldest first. */
function listResults(folder: string): readonly ResultsFile[] {
  return namesOf(folder)
    .map(parseResultsFileName)
    .filter((file) => file !== null)
}

/**
 * Removes results whose last event lies more than `retentionDays` before `newestMs`, the newest event seen. Event time
 * is compared with event time, so that a wrong device clock can neither wipe results out nor keep them for ever.
 * Returns the names that went.
 */
export function pruneResults(folder: string, retentionDays: number, newestMs: number): readonly string[] {
  const limit = newestMs - retentionDays * DAY_MS
  const old = listResults(folder).filter(({ lastMs }) => lastMs < limit)
  return removeAll(folder, old)
}

/**
 * A run that was killed after its results and before its state leaves results that the next run judges again. They lie
 * within the range of the new ones, and are removed so that no reading is in two files.
 */
export function removeSuperseded(folder: string, kept: ResultsFile): readonly string[] {
  const superseded = listResults(folder).filter(
    ({ name, firstMs, lastMs }) => name !== kept.name && firstMs >= kept.firstMs && lastMs <= kept.lastMs,
  )
  return removeAll(folder, superseded)
}

/**
 * Keeps a folder under a number of bytes; the files whose names come first go first. Returns the names that went.
 * Throws OutputFailure.
 */
export function boundBySize(folder: string, maxBytes: number): readonly string[] {
  const files = namesOf(folder).map((name) => ({ name, bytes: sizeOf(join(folder, name)) }))
  let total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const gone: typeof files = []
  for (const file of files) {
    if (total <= maxBytes) break
    gone.push(file)
    total -= file.bytes
  }
  return removeAll(folder, gone)
}

function removeAll(folder: string, files: readonly { readonly name: string }[]): readonly string[] {
  for (const { name } of files) {
    try {
      unlinkSync(join(folder, name))
    } catch (error) {
      throw outputFailure(join(folder, name), 'remove the file', error)
    }
  }
  return files.map(({ name }) => name)
}

function namesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort()
  } catch (error) {
    throw outputFailure(folder, 'list the folder', error)
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
