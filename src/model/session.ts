import type { ModelMetadata } from './metadata.ts'
import { interfaceProblems } from './model-interface.ts'
import type { OnnxRuntime, OnnxSession } from './onnx-runtime.ts'

/** What a model answers to a block of rows, row by row. */
export interface ModelOutput {
  /** [rows × classes] */
  readonly probabilities: Float32Array | null
  /** [rows], as the model gives it; `predictionOf` turns the sign where the metadata say so. */
  readonly score: Float32Array | null
  /** [rows], remaining useful life [days]. */
  readonly rulDays: Float32Array | null
}

export interface Session {
  /** `rows`: scaled features, row-major [count × features]. Throws an Error with the reason. */
  readonly run: (rows: Float32Array, count: number) => Promise<ModelOutput>
  /** Ends what it keeps beside this thread, where there is such a thing. */
  readonly close?: () => Promise<void>
}

/**
 * Opens a model and compares its inputs and outputs with what its metadata says. One thread: a batch of 24 rows is
 * done before a second one is awake, and the same rows give the same bits on every machine. No arena, which would
 * keep memory that a small device needs. Throws an Error with the reason.
 */
export async function openSession(ort: OnnxRuntime, model: Uint8Array, metadata: ModelMetadata): Promise<Session> {
  const session = await createOnnxSession(ort, model)
  const [problem] = interfaceProblems(session, metadata)
  if (problem !== undefined) throw new Error(`${problem.path}: ${problem.what}`)
  return sessionOf(ort, session, metadata)
}

export async function createOnnxSession(ort: OnnxRuntime, model: Uint8Array): Promise<OnnxSession> {
  return await ort.InferenceSession.create(model, {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    enableCpuMemArena: false,
    logSeverityLevel: 4,
  })
}

export function sessionOf(ort: OnnxRuntime, session: OnnxSession, metadata: ModelMetadata): Session {
  const { input, outputs, features, classes } = metadata
  const fetches = [outputs.probabilities, outputs.score, outputs.rul_days].filter((name) => name !== null)
  return {
    run: async (rows, count) => {
      if (rows.length !== count * features.length)
        throw new Error(`${rows.length} values are not ${count} rows of ${features.length}`)
      const answers = await session.run({ [input]: new ort.Tensor('float32', rows, [count, features.length]) }, fetches)
      const answer = (name: string | null, width: number): Float32Array | null =>
        name === null ? null : numbersOf(name, answers[name], count * width)
      return {
        probabilities: answer(outputs.probabilities, classes.length),
        score: answer(outputs.score, 1),
        rulDays: answer(outputs.rul_days, 1),
      }
    },
  }
}

function numbersOf(name: string, value: unknown, length: number): Float32Array {
  const data = typeof value === 'object' && value !== null && 'data' in value ? value.data : null
  if (!(data instanceof Float32Array)) throw new Error(`the model's output ${name} is no tensor of float32`)
  if (data.length !== length) throw new Error(`the model's output ${name} has ${data.length} values, not ${length}`)
  return data
}
