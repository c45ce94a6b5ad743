import { expect, test } from 'vitest'
import type { Answer } from '../../src/delivery/answer.ts'
import { classify } from '../../src/delivery/classify.ts'
import { parseRetryAfter } from '../../src/delivery/retry-after.ts'

const NOW = Date.UTC(2025, 6, 15, 12)
const answer = (status: number, body = '', changes: Partial<Extract<Answer, { kind: 'answer' }>> = {}): Answer => ({
  kind: 'answer',
  status,
  retryAfter: null,
  date: null,
  location: null,
  body,
  ...changes,
})

test.for([
  ['{"id":7}', '7'],
  ['{"id":"0192-ab","createdAt":"x"}', '0192-ab'],
] as const)('2xx with the record %s is an acknowledgement', ([body, recordId]) => {
  expect(classify(answer(201, body), NOW)).toEqual({ kind: 'accepted', recordId })
  expect(classify(answer(200, body), NOW)).toEqual({ kind: 'accepted', recordId })
})

test.for([
  '',
  '{}',
  '[{"id":1}]',
  '{"id":null}',
  '{"id":""}',
  '{"id":true}',
  '<html><title>Log in</title>',
  '{"id":1',
  '"id"',
  'null',
])('2xx with %j is none, and the anomaly may be stored all the same', (body) => {
  expect(classify(answer(200, body), NOW)).toMatchObject({ kind: 'unavailable', mayBeStored: true })
})

test('every status from 200 to 599 has a meaning, and only three of them blame the anomaly', () => {
  const kinds = new Map<string, number[]>()
  for (let status = 200; status < 600; status += 1) {
    const { kind } = classify(answer(status, '{}'), NOW)
    kinds.set(kind, [...(kinds.get(kind) ?? []), status])
  }
  expect(kinds.get('rejected')).toEqual([400, 413, 422])
  expect(kinds.get('accepted')).toBeUndefined()
  expect(kinds.get('unavailable')?.filter((status) => status >= 300 && status < 500)).toEqual([408, 409, 425, 429])
  expect(kinds.get('wrong setting')?.every((status) => status >= 300 && status < 500)).toBe(true)
})

test('a conflict speaks of the one anomaly and does not count against the server', () => {
  expect(classify(answer(409), NOW)).toMatchObject({ countsAgainstServer: false })
  expect(classify(answer(500), NOW)).toMatchObject({ countsAgainstServer: true })
})

test('the words of a problem document become the reason, a page does not', () => {
  const body = JSON.stringify({ title: 'Bad\nRequest', detail: 'sensorId is unknown' })
  expect(classify(answer(400, body), NOW)).toMatchObject({ reason: 'the API answered 400 (Bad Request: sensorId is unknown)' })
  expect(classify(answer(500, '<html>oops</html>'), NOW)).toMatchObject({ reason: 'the API answered 500' })
})

test('where a redirect leads is said without its query', () => {
  const outcome = classify(answer(302, '', { location: 'https://login.example.com/?session=secret' }), NOW)
  expect(outcome).toMatchObject({ kind: 'wrong setting', reason: expect.stringContaining('https://login.example.com/,') })
  expect(JSON.stringify(outcome)).not.toContain('secret')
})

test.for([
  ['120', 120_000],
  [' 0 ', 0],
  ['3155760000', 3_155_760_000_000],
  ['Tue, 15 Jul 2025 12:01:00 GMT', 60_000],
  ['Tue, 15 Jul 2025 11:00:00 GMT', 0],
  ['Wed, 15 Jul 2125 12:00:00 GMT', Date.UTC(2125, 6, 15, 12) - NOW],
  ['-5', null],
  ['soon', null],
  ['', null],
] as const)('Retry-After %j asks for %j ms', ([header, ms]) => {
  expect(parseRetryAfter(header, null, NOW)).toBe(ms)
})

test("a date in Retry-After is held against the server's clock, not against a device clock that stands at 1970", () => {
  expect(parseRetryAfter('Tue, 15 Jul 2025 12:01:00 GMT', 'Tue, 15 Jul 2025 12:00:30 GMT', 0)).toBe(30_000)
})
