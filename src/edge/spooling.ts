import { join } from 'node:path'
import { openSpool, type Spool } from '../delivery/spool.ts'
import type { Log } from './log.ts'
import type { Place } from './place.ts'
import type { Program } from './program.ts'

/** The spool of this pump: what waits for the API. */
export function spoolOf(place: Place, program: Program, log: Log): Spool {
  return openSpool({
    unsent: place.layout.unsent,
    rejected: place.layout.rejected,
    damaged: place.layout.damaged,
    losses: lossesPath(place),
    maxBytes: program.deployment.spool.max_mib * 1_048_576,
    log,
  })
}

/** Counts of what the spool had to give up. */
export function lossesPath(place: Place): string {
  return join(place.path, 'losses.json')
}
