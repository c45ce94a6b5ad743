import { resolve } from 'node:path'
import { syncDirectory } from '../state/durable.ts'
import { parseResultsFileName } from '../state/results-file.ts'
import { pruneResults, removeSuperseded } from '../state/retention.ts'
import type { Place } from './place.ts'
import type { Program } from './program.ts'
import type { ResultsTarget } from './results-output.ts'
import type { RunRequest } from './run-request.ts'

/** Where the results of a run go: the OUTPUT that was given, else the state directory when results are kept. */
export function resultsTarget({ output, keeps }: RunRequest, program: Program, place: Place, cwd: string): ResultsTarget {
  if (output !== null) return { kind: 'file', path: output === '-' ? '/dev/stdout' : resolve(cwd, output) }
  // A run that changes no state leaves none of its results there either.
  if (!keeps || !program.deployment.inference_settings.save_results_locally) return { kind: 'none' }
  return { kind: 'folder', path: place.layout.results }
}

/**
 * Removes kept results that `newest` repeats after a run that was killed. Before the state moves on: what ends a run in
 * between has the same results judged, and these removed, once more.
 */
export function removeRepeatedResults({ layout: { results } }: Place, newest: string | null): void {
  const file = newest?.startsWith(results) === true ? parseResultsFileName(newest.slice(results.length + 1)) : null
  if (file !== null && removeSuperseded(results, file).length > 0) syncDirectory(results)
}

/** Removes kept results past their retention. */
export function pruneKeptResults(program: Program, place: Place, watermarkMs: number | null): void {
  const days = program.deployment.inference_settings.results_retention_days
  if (watermarkMs !== null) pruneResults(place.layout.results, days, watermarkMs)
}
