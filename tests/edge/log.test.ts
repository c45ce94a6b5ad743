import { expect, test } from 'vitest'
import { createLog } from '../../src/edge/log.ts'

function logged(logFormat: 'text' | 'json', logLevel: 'warn' | 'info') {
  const lines: string[] = []
  const created = createLog({ logFormat, logLevel }, { stderr: (text) => lines.push(text), nowMs: () => 0 })
  return { lines, ...created }
}

test('a log line is one line, whatever its message holds', () => {
  const { lines, log } = logged('text', 'info')
  log('warn', 'first\r\n  second')
  expect(lines).toEqual(['warn: first second\n'])
})

test('quieter lines than the level are left out', () => {
  const { lines, log } = logged('text', 'warn')
  log('info', 'a')
  log('debug', 'b')
  log('error', 'c')
  expect(lines).toEqual(['error: c\n'])
})

test('json lines carry time, level and message', () => {
  const { lines, log } = logged('json', 'info')
  log('info', 'a "quoted" word')
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { time: '1970-01-01T00:00:00.000Z', level: 'info', message: 'a "quoted" word' },
  ])
})

test('a hidden secret never appears', () => {
  const { lines, log, hide } = logged('text', 'info')
  hide('s3cret')
  hide('')
  log('info', 'Bearer s3cret was refused, s3cret')
  expect(lines).toEqual(['info: Bearer [hidden] was refused, [hidden]\n'])
})
