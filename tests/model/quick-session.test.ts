import { describe, expect, test } from 'vitest'
import { quickFirst } from '../../src/model/quick-session.ts'
import type { ModelOutput, Session } from '../../src/model/session.ts'

/** A session that says by its score who answered. */
function named(score: number, close?: () => Promise<void>): Session {
  const run = async (_: Float32Array, count: number): Promise<ModelOutput> => ({
    probabilities: null,
    score: new Float32Array(count).fill(score),
    rulDays: null,
  })
  return close === undefined ? { run } : { run, close }
}

const NO_ROWS = new Float32Array()
const whoAnswers = async (session: Session, count: number) => (await session.run(NO_ROWS, count)).score?.[0]

describe('a model with a quick form', () => {
  test('is opened whole at the 1,001st row, once, also when it is asked again before it is open', async () => {
    let opened = 0
    const session = quickFirst(named(1), async () => {
      opened += 1
      return named(2)
    })
    expect([await whoAnswers(session, 1), await whoAnswers(session, 999)]).toEqual([1, 1])
    expect(opened).toBe(0)
    expect(await Promise.all([whoAnswers(session, 1), whoAnswers(session, 1)])).toEqual([2, 2])
    expect(opened).toBe(1)
  })

  test('is closed where it was opened', async () => {
    let closed = 0
    const close = async () => {
      closed += 1
    }
    const session = quickFirst(named(1), async () => named(2, close))
    await session.close?.()
    expect(closed).toBe(0)
    await session.run(NO_ROWS, 2000)
    await session.close?.()
    expect(closed).toBe(1)
  })

  test('that cannot be opened whole says so when it is asked, and not once more when it is closed', async () => {
    const session = quickFirst(named(1), async () => await Promise.reject(new Error('no whole model')))
    await expect(session.run(NO_ROWS, 2000)).rejects.toThrow('no whole model')
    await session.close?.()
  })
})
