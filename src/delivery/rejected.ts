import { readdirSync, renameSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { syncDirectory } from '../state/durable.ts'
import { codeOf, outputFailure } from '../state/output-failure.ts'
import { answerName, parseSpoolName } from './spool-file.ts'

/**
 * Puts refused anomalies back among those that wait, as `flush --retry-rejected` asks; before the spool is opened.
 * Returns how many. Throws OutputFailure.
 */
export function restoreRejected({ rejected, unsent }: { readonly rejected: string; readonly unsent: string }): number {
  try {
    const entries = readdirSync(rejected).flatMap((name) => parseSpoolName(name) ?? [])
    for (const { name } of entries) renameSync(join(rejected, name), join(unsent, name))
    syncDirectory(unsent)
    for (const entry of entries) unlinkIfThere(join(rejected, answerName(entry)))
    syncDirectory(rejected)
    return entries.length
  } catch (error) {
    throw outputFailure(rejected, 'put the refused anomalies back', error)
  }
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
