import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ResultRecord } from '../../src/edge/result.ts'
import type { RunState } from '../../src/edge/run-state.ts'
import { parseResultsFileName } from '../../src/state/results-file.ts'
import { loadState } from '../../src/state/state-file.ts'

/** Of the Well 1 in the fixtures. */
const OWNER = { siteId: 1, pumpId: 1 }

/** All that a run says of one before it that ended at any moment: nothing, or that the model was on its way. */
export const AFTER_AN_END = /^(warn: the last run ended while [^\n]*\n)?$/

/** What runs leave in a state directory, as far as it must not depend on what happened on the way. */
export interface Kept {
  /** The whole payload but for `delivery`: that says how the API was, and a run that sends nothing leaves it as it is. */
  readonly state: Omit<RunState, 'delivery'>
  /** Every reading of every results file, without whether the API has it: a later run that delivers does not look back. */
  readonly readings: readonly Omit<ResultRecord, 'reported_to_api'>[]
}

/**
 * Reads it, the readings from the state directory's results unless the runs were given an `output`. A state that is
 * damaged or missing, or a file among the results that is none, is an error.
 */
export function keptIn(stateDirectory: string, output: string | null = null): Kept {
  const loaded = loadState<RunState>(stateDirectory, OWNER)
  if (loaded.kind !== 'loaded') throw new Error(`${stateDirectory}: the state is ${loaded.kind}: ${loaded.note}`)
  const { delivery: _, ...state } = loaded.payload
  return { state, readings: readingsIn(output === null ? resultsIn(join(stateDirectory, 'results')) : [output]) }
}

function resultsIn(folder: string): string[] {
  return readdirSync(folder).map((name) => {
    if (parseResultsFileName(name) === null) throw new Error(`${folder} holds ${name}`)
    return join(folder, name)
  })
}

function readingsIn(files: readonly string[]): Kept['readings'] {
  return files
    .flatMap((file) => JSON.parse(readFileSync(file, 'utf8')) as ResultRecord[])
    .map(({ reported_to_api: _, ...reading }) => reading)
    .sort((a, b) => a.timestamp.localeCompare(b.timestamp))
}
