import { ENTRY } from '../bundle/layout.ts'
import { loadNative } from '../bundle/native.ts'
import { reasonOf } from '../failure.ts'
import { quickFirst } from '../model/quick-session.ts'
import { openSession } from '../model/session.ts'
import type { Log } from './log.ts'
import type { LoadedModel } from './predictor.ts'
import type { Program } from './program.ts'

/** The embedded model as far as it could be loaded. */
export interface EmbeddedModel {
  readonly loaded: LoadedModel
  /** Why there is none; null when it is loaded. */
  readonly reason: string | null
}

/** Loads the embedded model. Never throws: whatever is wrong is the reason why there are no predictions. */
export async function loadModel(program: Program, stateDirectory: string, log: Log): Promise<EmbeddedModel> {
  const outcome = await load(program, stateDirectory, (message) => log('warn', message))
  if (outcome.reason !== null && program.model !== null)
    log('warn', `no predictions: ${outcome.reason}; the tolerance check goes on`)
  return outcome
}

async function load(program: Program, stateDirectory: string, warn: (message: string) => void): Promise<EmbeddedModel> {
  const { bundle, model } = program
  if (model === null) return unavailable(null, 'the executable carries no model')
  const { metadata, scaler } = model
  const native = await loadNative(stateDirectory, warn)
  if (native.kind === 'unavailable') return unavailable(metadata, native.reason)
  try {
    const openWhole = async () => await openSession(native.ort, bundle.read(ENTRY.modelOnnx), metadata)
    const session = bundle.has(ENTRY.modelQuick)
      ? quickFirst(await openSession(native.ort, bundle.read(ENTRY.modelQuick), metadata), openWhole)
      : await openWhole()
    // A first answer shows that the native libraries do not end the program, before a long batch could be interrupted.
    await session.run(new Float32Array(metadata.features.length), 1)
    native.confirm()
    return { loaded: { kind: 'loaded', session, metadata, scaler }, reason: null }
  } catch (error) {
    return unavailable(metadata, `the model cannot be loaded: ${reasonOf(error)}`)
  }
}

function unavailable(metadata: LoadedModel['metadata'], reason: string): EmbeddedModel {
  return { loaded: { kind: 'unavailable', metadata, reason }, reason }
}
