import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Worker } from 'node:worker_threads'
import * as ort from 'onnxruntime-node'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openInThread, type ThreadData } from '../../src/edge/model-thread.ts'
import type { ModelMetadata } from '../../src/model/metadata.ts'
import { openSession, type Session } from '../../src/model/session.ts'
import { createRandom } from '../../src/training/random.ts'

const WELL = join(import.meta.dirname, '..', '..', 'models', 'well-1')
const PACKAGE = dirname(createRequire(import.meta.url).resolve('onnxruntime-node/package.json'))
const addon = join(PACKAGE, 'bin', 'napi-v6', 'linux', process.arch, 'onnxruntime_binding.node')
const model = readFileSync(join(WELL, 'model.onnx'))
const metadata = JSON.parse(readFileSync(join(WELL, 'metadata.json'), 'utf8')) as ModelMetadata
const WIDTH = metadata.features.length

let thread: Worker | null = null

/** What the loader of the executable does, with the source. */
function startThread(workerData: ThreadData): Worker {
  thread = new Worker(new URL('./thread-entry.ts', import.meta.url), { workerData })
  return thread
}

function rowsOf(count: number, seed: number): Float32Array {
  const random = createRandom(seed)
  return Float32Array.from({ length: count * WIDTH }, () => 4 * random.uniform() - 2)
}

async function opened(data: Partial<ThreadData> = {}): Promise<Session> {
  vi.stubGlobal('startThread', startThread)
  return await openInThread({ addon, model, metadata, ...data })
}

afterEach(async () => {
  vi.unstubAllGlobals()
  await thread?.terminate()
})

describe('a model in a thread of its own', () => {
  test('gives the bits that it gives in this thread, block by block, however many are asked at once', async () => {
    const here = await openSession(ort, model, metadata)
    const there = await opened()
    const blocks = [1, 24, 3, 2000, 750].map((count) => ({ count, rows: rowsOf(count, count) }))
    const answers = await Promise.all(blocks.map(async ({ rows, count }) => await there.run(rows, count)))
    for (const [index, { rows, count }] of blocks.entries()) expect(answers[index]).toEqual(await here.run(rows, count))
  })

  test('is not opened where the model is none, and says why', async () => {
    await expect(opened({ model: model.subarray(0, 5000) })).rejects.toThrow(/protobuf|parse/i)
  })

  test('is not opened where the addon is none', async () => {
    await expect(opened({ addon: join(WELL, 'model.onnx') })).rejects.toThrow(/ELF/)
  })

  test('answers on after a question that it could not answer', async () => {
    const session = await opened()
    await expect(session.run(rowsOf(2, 1), 3)).rejects.toThrow('are not 3 rows')
    expect((await session.run(rowsOf(3, 1), 3)).probabilities).toHaveLength(3 * metadata.classes.length)
  })

  test.each([
    ['process.exit(3)', 'its thread has ended'],
    ['throw new Error("no room")', 'no room'],
  ])('is not opened where the thread ends before it answers: %s', async (code, reason) => {
    vi.stubGlobal('startThread', () => new Worker(code, { eval: true }))
    await expect(openInThread({ addon, model, metadata })).rejects.toThrow(reason)
  })

  test('answers nothing more once it has ended', async () => {
    const session = await opened()
    await thread?.terminate()
    await expect(session.run(rowsOf(1, 1), 1)).rejects.toThrow('its thread has ended')
  })

  test('is gone once it is closed', async () => {
    const session = await opened()
    const ended = once(thread as Worker, 'exit')
    await session.close?.()
    expect(await ended).toEqual([1])
  })
})
