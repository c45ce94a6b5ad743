import { loadState, saveState } from '../state/state-file.ts'
import type { JudgingState } from './judging.ts'
import type { Log } from './log.ts'
import type { Place } from './place.ts'

/** What one run leaves for the next. */
export interface RunState {
  /** Event time up to which readings have been judged [ms since 1970-01-01 UTC]; null: none has. */
  readonly watermark_ms: number | null
  readonly judging: JudgingState | null
  /** Of the delivery: circuit breaker and Retry-After. */
  readonly delivery: unknown
}

export const FIRST_RUN: RunState = { watermark_ms: null, judging: null, delivery: null }

/** The state that the last run left; what had to be given up for it is said. Throws as `loadState`. */
export function readRunState(place: Place, log: Log): RunState {
  const loaded = loadState<RunState>(place.path, place.owner)
  if (loaded.note !== null) log('warn', loaded.note)
  return loaded.payload ?? FIRST_RUN
}

/** Throws OutputFailure. */
export function writeRunState(place: Place, state: RunState): void {
  saveState(place.path, place.owner, state)
}
