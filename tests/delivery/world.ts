import type { Answer } from '../../src/delivery/answer.ts'
import type { AnomalyApi } from '../../src/delivery/sending.ts'

/** A generator of numbers in [0, 1) that a seed determines (Mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** One thing that can go wrong, or not, with one request. */
export const TURNS = [
  'work',
  'fail before',
  'fail after',
  'busy',
  'too many',
  'conflict',
  'cut before',
  'cut after',
  'refuse connection',
  'portal',
  'bad token',
  'not found',
  'bad anomaly',
  'kill before',
  'kill after',
] as const

export type Turn = (typeof TURNS)[number]

export interface SimulatedApi extends AnomalyApi {
  /** Keys in order of arrival, twice when stored twice. */
  readonly stored: string[]
  /** Every body that came, by its key. */
  readonly bodies: Map<string, Set<string>>
  /** A process that starts: whatever it sends, the turn decides. `killed` settles when a turn kills it. */
  readonly connect: (turn: () => Turn) => { readonly api: AnomalyApi; readonly killed: Promise<'killed'> }
}

const answer = (status: number, body = '{}', retryAfter: string | null = null): Answer => ({
  kind: 'answer',
  status,
  retryAfter,
  date: null,
  location: null,
  body,
})
const noAnswer = (reached: boolean): Answer => ({ kind: 'no answer', reached, reason: 'the connection was cut', mend: null })

/** An API in memory that outlives the processes which talk to it. */
export function simulateApi(ignoresKeys: boolean): Omit<SimulatedApi, 'post' | 'list'> {
  const stored: string[] = []
  const records: { readonly timestamp: string; readonly body: string }[] = []
  const bodies = new Map<string, Set<string>>()
  const store = (body: string, key: string) => {
    if (!ignoresKeys && stored.includes(key)) return answer(200, '{"id":1}')
    stored.push(key)
    records.push({ timestamp: JSON.parse(body).timestamp, body })
    return answer(201, '{"id":1}')
  }
  const find = (query: Readonly<Record<string, string>>) => {
    const items = records.filter(
      ({ timestamp }) => timestamp >= (query['startDate'] ?? '') && timestamp <= (query['endDate'] ?? ''),
    )
    // Nested fields as JSON text, as the real API may give them.
    const texts = items.map(({ body }, index) => {
      const record = JSON.parse(body)
      return { ...record, id: index + 1, metadata: JSON.stringify(record.metadata) }
    })
    return answer(200, JSON.stringify({ items: texts, total: texts.length, skip: 0, take: 100 }))
  }
  const connect = (turn: () => Turn) => {
    let dead = false
    let kill: (value: 'killed') => void = () => undefined
    const killed = new Promise<'killed'>((resolve) => {
      kill = resolve
    })
    /** What a dead process waits for never comes. */
    const never = new Promise<Answer>(() => undefined)
    const die = () => {
      dead = true
      kill('killed')
      return never
    }
    const request = async (work: () => Answer, reads: boolean): Promise<Answer> => {
      if (dead) return never
      const happens = turn()
      // A request takes a moment, so that several are on their way at a time.
      await Promise.resolve()
      if (dead) return never
      switch (happens) {
        case 'work':
          return work()
        case 'fail before':
          return reads ? answer(503) : answer(500)
        case 'fail after':
          work()
          return reads ? answer(503) : answer(500)
        case 'busy':
          return answer(503, '', '0')
        case 'too many':
          return answer(429, '', '3155760000')
        case 'conflict':
          return reads ? answer(503) : answer(409)
        case 'cut before':
          return noAnswer(true)
        case 'cut after':
          work()
          return noAnswer(true)
        case 'refuse connection':
          return noAnswer(false)
        case 'portal':
          return reads ? noAnswer(true) : answer(200, '<html>')
        case 'bad token':
          return reads ? noAnswer(true) : answer(401)
        case 'not found':
          return reads ? noAnswer(true) : answer(404)
        case 'bad anomaly':
          return reads ? answer(503) : answer(422)
        case 'kill before':
          return die()
        case 'kill after':
          work()
          return die()
      }
    }
    const api: AnomalyApi = {
      post: (body, key) => {
        bodies.set(key, (bodies.get(key) ?? new Set()).add(body))
        return request(() => store(body, key), false)
      },
      list: (query) => request(() => find(query), true),
    }
    return { api, killed }
  }
  return { stored, bodies, connect }
}
