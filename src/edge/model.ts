import { ENTRY } from '../bundle/layout.ts'
import { loadNative } from '../bundle/native.ts'
import { reasonOf } from '../failure.ts'
import { quickFirst } from '../model/quick-session.ts'
import { openSession } from '../model/session.ts'
import type { Log } from './log.ts'
import { answerQuestions, openInThread } from './model-thread.ts'
import type { LoadedModel } from './predictor.ts'
import type { Program } from './program.ts'

/** Loads the embedded model. Never throws: whatever is wrong is the reason why there are no predictions. */
export async function loadModel(
  bundle: Program['bundle'],
  { metadata, scaler }: NonNullable<Program['model']>,
  stateDirectory: string,
  log: Log,
): Promise<LoadedModel> {
  const unavailable = (reason: string): LoadedModel => {
    log('warn', `no predictions: ${reason}; the tolerance check goes on`)
    return { kind: 'unavailable', metadata, reason }
  }
  const native = await loadNative(stateDirectory, (message) => log('warn', message))
  if (native.kind === 'unavailable') return unavailable(native.reason)
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
    return { kind: 'loaded', session, metadata, scaler }
  } catch (error) {
    return unavailable(`the model cannot be loaded: ${reasonOf(error)}`)
  }
}

/**
 * Where a thread begins that was started from here; see `model-thread.ts`.
 *
 * @public
 */
export const inThread = answerQuestions
