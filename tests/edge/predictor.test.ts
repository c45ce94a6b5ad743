import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { createPredictor, type Predicted } from '../../src/edge/predictor.ts'
import { openSession, type Session } from '../../src/model/session.ts'
import type { Judgement } from '../../src/pump/judgement.ts'
import type { Reading } from '../../src/readings/reading.ts'
import { FOREST } from '../model/forest-metadata.ts'

const SKLEARN = join(import.meta.dirname, '..', '..', 'fixtures', 'sklearn')
async function forest(): Promise<Session> {
  return await openSession(ort, readFileSync(join(SKLEARN, 'forest.onnx')), FOREST)
}

function judged(flow: number, reason: string | null = null): readonly [Reading, Judgement] {
  const measured = { flow, head: flow / 2, power: flow / 3, efficiency: null }
  const quantities = { ...measured, speed: null, discharge_pressure: null, suction_pressure: null }
  const none = { flow: null, head: null, power: null, efficiency: null }
  const about = { timeMs: flow, measured, reference: none, deviations: none, violations: {}, findings: [] }
  return [
    { timeMs: flow, line: 2, quantities, channels: {} },
    { ...about, status: reason === null ? 'Normal' : 'Idle', reason },
  ]
}

/** The answers to blocks that are all asked before the first answer is looked at, as a run does with two. */
async function answersTo(session: Session, blocks: readonly (readonly (readonly [Reading, Judgement])[])[], minHistory = 1) {
  const predictor = createPredictor({ kind: 'loaded', session, metadata: FOREST, scaler: null }, null, minHistory)
  if (predictor.kind === 'none') throw new Error('there is a model')
  const asked = blocks.map((block) => {
    for (const [reading, judgement] of block) predictor.take(reading, judgement)
    return { block, answers: predictor.answers() }
  })
  const answers: Predicted[][] = []
  for (const { block, answers: promise } of asked) {
    const answerTo = await promise
    answers.push(block.map((_, index) => answerTo(index)))
  }
  return answers
}

const FLOWS = Array.from({ length: 300 }, (_, index) => 1 + (index % 50) / 10)

test('a block is answered as its readings are one by one', async () => {
  const readings = FLOWS.map((flow) => judged(flow))
  const [together = []] = await answersTo(await forest(), [readings])
  const alone = await answersTo(
    await forest(),
    readings.map((one) => [one]),
  )
  expect(together).toEqual(alone.flat())
  expect(new Set(together.map(({ prediction }) => prediction?.probability)).size).toBeGreaterThan(2)
})

test('each reading without an answer says why', async () => {
  const [answers = []] = await answersTo(
    await forest(),
    [[judged(1), judged(2, 'off'), judged(3), judged(Number.NaN), judged(4)]],
    2,
  )
  expect(answers.map(({ reason }) => reason)).toEqual([
    '1 of 2 readings of history so far',
    'the reading was not judged',
    null,
    'flow was not measured',
    null,
  ])
  expect(answers.map(({ prediction }) => prediction !== null)).toEqual([false, false, true, false, true])
})

test('a model that fails is not believed again, also where it was asked about the next block before it failed', async () => {
  const good = await forest()
  let asked = 0
  const failsOnce: Session = {
    run: async (rows, count) => {
      if (++asked === 2) throw new Error('out of luck')
      return await good.run(rows, count)
    },
  }
  const blocks = [[judged(1)], [judged(2)], [judged(3)]]
  const answers = (await answersTo(failsOnce, blocks)).flat()
  expect(answers.map(({ reason }) => reason)).toEqual([null, 'the model failed: out of luck', 'the model failed: out of luck'])
  expect(answers.map(({ prediction }) => prediction !== null)).toEqual([true, false, false])
})

test('one number that is none makes the whole block one without answers', async () => {
  const good = await forest()
  const broken: Session = {
    run: async (rows, count) => {
      const output = await good.run(rows, count)
      output.probabilities?.set([Number.NaN], 4)
      return output
    },
  }
  const [answers = []] = await answersTo(broken, [[judged(1), judged(2)]])
  expect(answers.map(({ reason }) => reason)).toEqual(
    Array(2).fill('the model failed: the model answers with a probability that is no number'),
  )
})

test('closing waits for every answer, also where the last block had nothing to ask', async () => {
  const good = await forest()
  const done: string[] = []
  const slow: Session = {
    run: async (rows, count) => {
      await new Promise((resolve) => setTimeout(resolve, 50))
      done.push('answered')
      return await good.run(rows, count)
    },
    close: async () => {
      done.push('closed')
    },
  }
  const predictor = createPredictor({ kind: 'loaded', session: slow, metadata: FOREST, scaler: null }, null, 1)
  if (predictor.kind === 'none') throw new Error('there is a model')
  predictor.take(...judged(1))
  const first = predictor.answers()
  predictor.take(...judged(2, 'off'))
  const second = predictor.answers()
  await predictor.close()
  expect(done).toEqual(['answered', 'closed'])
  expect((await first)(0).prediction).not.toBeNull()
  expect((await second)(0).reason).toBe('the reading was not judged')
})
