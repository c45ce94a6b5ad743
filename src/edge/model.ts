import { ENTRY } from '../bundle/layout.ts'
import { loadNative } from '../bundle/native.ts'
import { reasonOf } from '../failure.ts'
import { quickFirst } from '../model/quick-session.ts'
import { openSession } from '../model/session.ts'
import type { EmbeddedModel } from './embedded-model.ts'
import type { Log } from './log.ts'
import { answerQuestions, openInThread } from './model-thread.ts'
import type { LoadedModel } from './predictor.ts'
import type { Program } from './program.ts'

/** Loads the embedded model. Never throws: whatever is wrong is the reason why there are no predictions. */
export async function loadModel(
  bundle: Program['bundle'],
  model: NonNullable<Program['model']>,
  stateDirectory: string,
  log: Log,
): Promise<EmbeddedModel> {
  const outcome = await load(bundle, model, stateDirectory, log)
  if (outcome.reason !== null) log('warn', `no predictions: ${outcome.reason}; the tolerance check goes on`)
  return outcome
}

async function load(
  bundle: Program['bundle'],
  { metadata, scaler }: NonNullable<Program['model']>,
  stateDirectory: string,
  log: Log,
): Promise<EmbeddedModel> {
  const native = await loadNative(stateDirectory, (message) => log('warn', message))
  if (native.kind === 'unavailable') return unavailable(metadata, native.reason)
  try {
    const openWhole = async () => await openSession(native.ort, bundle.read(ENTRY.modelOnnx), metadata)
    const openForMany = async () => {
      try {
        return await openInThread({ addon: native.addon, model: bundle.read(ENTRY.modelOnnx), metadata })
      } catch (error) {
        log('info', `the model is not asked in a thread of its own: ${reasonOf(error)}`)
        return await openWhole()
      }
    }
    const session = bundle.has(ENTRY.modelQuick)
      ? quickFirst(await openSession(native.ort, bundle.read(ENTRY.modelQuick), metadata), openForMany)
      : await openWhole()
    // A first answer shows that the native libraries do not end the program, before a long batch could be interrupted.
    await session.run(new Float32Array(metadata.features.length), 1)
    native.confirm()
    return { loaded: { kind: 'loaded', session, metadata, scaler }, reason: null }
  } catch (error) {
    return unavailable(metadata, `the model cannot be loaded: ${reasonOf(error)}`)
  }
}

/**
 * Where a thread begins that was started from here; see `model-thread.ts`.
 *
 * @public
 */
export const inThread = answerQuestions

function unavailable(metadata: LoadedModel['metadata'], reason: string): EmbeddedModel {
  return { loaded: { kind: 'unavailable', metadata, reason }, reason }
}
