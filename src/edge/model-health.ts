import { clearLoading } from '../bundle/loading-mark.ts'
import { fail, type Health, ok } from './health.ts'
import type { Log } from './log.ts'
import type { Place } from './place.ts'
import type { Program } from './program.ts'

/** Loads the model anew, also after it was given up, and asks it about one row of average readings. */
export async function modelHealth(program: Program, place: Place, log: Log): Promise<Health> {
  if (program.model === null) return ok('model', 'none is embedded; the tolerances are checked')
  const { metadata } = program.model
  clearLoading(place.layout.native)
  const { loadModel } = await import('./model.ts')
  const loaded = await loadModel(program.bundle, program.model, place.path, log)
  const mend = 'the tolerance check goes on without it; copy the executable again, or package another model'
  if (loaded.kind === 'unavailable') return fail('model', loaded.reason, mend)
  const output = await loaded.session.run(new Float32Array(metadata.features.length), 1)
  const values = output.probabilities ?? output.score ?? new Float32Array()
  if (values.length === 0 || !values.every(Number.isFinite))
    return fail('model', `${metadata.name} answers without numbers`, mend)
  return ok('model', `${metadata.name} ${metadata.version} answers`)
}
