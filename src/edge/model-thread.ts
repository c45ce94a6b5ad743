import type { Worker } from 'node:worker_threads'
import { addonAt, onnxRuntimeOf } from '../bundle/onnx-addon.ts'
import { reasonOf } from '../failure.ts'
import type { ModelMetadata } from '../model/metadata.ts'
import { type ModelOutput, openSession, type Session } from '../model/session.ts'
import { createHeap } from './heap.ts'

/** The loader's: starts a thread that calls what this piece of the program exports as `inThread`. */
declare const startThread: (data: ThreadData) => Worker

export interface ThreadData {
  /** Path of ONNX Runtime's addon. */
  readonly addon: string
  readonly model: Uint8Array
  readonly metadata: ModelMetadata
}

interface Question {
  readonly rows: Float32Array
  readonly count: number
}

/** null: the model is open. */
type Answer = { readonly output: ModelOutput | null } | { readonly reason: string }

/**
 * Opens a model in a thread of its own, which answers about one block of rows while the next one is judged. Questions are
 * answered in their order. Throws an Error with the reason when the thread cannot be had, or the model not opened.
 */
export async function openInThread(data: ThreadData): Promise<Session> {
  const thread = startThread(data)
  const waiting: PromiseWithResolvers<ModelOutput | null>[] = []
  let ended: Error | null = null
  const nextAnswer = async (): Promise<ModelOutput | null> => {
    if (ended !== null) throw ended
    const answer = Promise.withResolvers<ModelOutput | null>()
    waiting.push(answer)
    return await answer.promise
  }
  const end = (error: Error): void => {
    ended ??= error
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  thread.on('message', (answer: Answer) => {
    const asked = waiting.shift()
    if ('reason' in answer) asked?.reject(new Error(answer.reason))
    else asked?.resolve(answer.output)
  })
  thread.on('error', end)
  thread.on('exit', () => end(new Error('its thread has ended')))
  await nextAnswer()
  return {
    run: async (rows, count) => {
      thread.postMessage({ rows, count } satisfies Question)
      return (await nextAnswer()) as ModelOutput
    },
    close: async () => {
      await thread.terminate()
    },
  }
}

/** What the thread does: says when the model is open, and then answers each question. */
export async function answerQuestions(): Promise<void> {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
  const { addon, model, metadata } = workerData as ThreadData
  const answer = async (step: () => Promise<Answer>): Promise<void> =>
    parentPort?.postMessage(await step().catch((error: unknown): Answer => ({ reason: reasonOf(error) })))
  await answer(async () => {
    const session = await openSession(onnxRuntimeOf(addonAt(addon), 'other'), model, metadata)
    const heap = createHeap()
    // The addon answers within the call, so that answers cannot overtake each other.
    parentPort?.on('message', async ({ rows, count }: Question) => {
      await answer(async () => ({ output: await session.run(rows, count) }))
      heap.passed(count)
    })
    return { output: null }
  })
}
