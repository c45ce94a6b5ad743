import type { Spool } from '../delivery/spool.ts'
import type { Log } from './log.ts'
import type { Place } from './place.ts'
import type { Program } from './program.ts'
import type { RunRequest } from './run-request.ts'
import type { RunState } from './run-state.ts'
import type { World } from './world.ts'

/** What the steps of one run share. */
export interface Run {
  readonly request: RunRequest
  readonly program: Program
  readonly place: Place
  readonly saved: RunState
  readonly log: Log
  /** null: a run that only judges. */
  readonly spool: Spool | null
  readonly world: World
}
