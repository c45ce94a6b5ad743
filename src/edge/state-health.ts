import { statfsSync } from 'node:fs'
import { readLosses } from '../delivery/losses.ts'
import { loadState } from '../state/state-file.ts'
import { fail, type Health, ok, warn } from './health.ts'
import type { Place } from './place.ts'
import type { Program } from './program.ts'
import { lossesPath } from './spooling.ts'

/** The state directory is open and locked by now; this says what is in it. */
export function stateHealth(place: Place): Health {
  const loaded = loadState(place.path, place.owner)
  if (loaded.note !== null) return warn('state', loaded.note, 'check the disk; nothing has to be done here')
  const what = loaded.kind === 'fresh' ? 'no run has left a state yet' : 'sound'
  return ok('state', `${place.path}: ${what}`)
}

/** Anomalies that the bound of the spool has cost so far. */
export function lossHealth(place: Place): Health {
  const { unsent, rejected, damaged } = readLosses(lossesPath(place))
  const lost = Object.values(unsent).reduce((sum, count) => sum + count, rejected + damaged)
  if (lost === 0) return ok('losses', 'no anomaly was ever given up')
  return warn(
    'losses',
    `${lost} anomalies were given up because the spool was full`,
    'raise spool.max_mib, or mend the API sooner',
  )
}

const MIB = 1_048_576

/** Space for the spool, a set of results and the native libraries; and inodes, since an anomaly is a file. */
export function spaceHealth(place: Place, program: Program): Health {
  const { bavail, bsize, ffree, files } = statfsSync(place.path)
  const freeMib = Math.floor((bavail * bsize) / MIB)
  const wantedMib = Math.ceil(program.deployment.spool.max_mib) + 50
  const text = `${freeMib} MiB free${files === 0 ? '' : `, ${ffree} inodes`}`
  const mend = 'free some space, or lower spool.max_mib and results_retention_days'
  if (freeMib < 1 || (files > 0 && ffree < 10)) return fail('space', text, mend)
  if (freeMib < wantedMib) return warn('space', `${text}, and a full spool takes up to ${wantedMib} MiB`, mend)
  return ok('space', text)
}
