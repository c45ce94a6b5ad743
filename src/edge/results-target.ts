import { resolve } from 'node:path'
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

/** Removes kept results past their retention, and those that `newest` repeats after a run that was killed. */
export function pruneKeptResults(program: Program, place: Place, newest: string | null, watermarkMs: number | null): void {
  const { results } = place.layout
  const file = newest === null || !newest.startsWith(results) ? null : parseResultsFileName(newest.slice(results.length + 1))
  if (file !== null) removeSuperseded(results, file)
  if (watermarkMs !== null) pruneResults(results, program.deployment.inference_settings.results_retention_days, watermarkMs)
}
