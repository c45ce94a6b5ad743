import { expect, test } from 'vitest'
import { progressOn } from '../../src/training/progress.ts'

function heard(isTerminal: boolean, shares: readonly number[]): string[] {
  const lines: string[] = []
  const say = progressOn((text) => lines.push(text), isTerminal)
  for (const share of shares) say('classes', share)
  return lines
}

test('where nobody looks, progress is a line per quarter', () => {
  expect(heard(false, [0.1, 0.2, 0.3, 0.4, 0.8, 1])).toEqual(['classes: 25 %\n', 'classes: 75 %\n', 'classes: 100 %\n'])
})

test('on a terminal it is a bar in place, drawn when it changes and gone at the end', () => {
  const drawn = heard(true, [0.5, 0.5, 0.9, 1])
  expect(drawn).toHaveLength(3)
  expect(drawn[0]).toBe(`\r[${'#'.repeat(15)}${'.'.repeat(15)}]  50 % classes\u001B[K`)
  expect(drawn[2]).toBe('\r\u001B[K')
})
