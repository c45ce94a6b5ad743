import { expect, test } from 'vitest'
import { nearestName } from '../src/nearest.ts'

test.each([
  ['base_ulr', 'base_url'],
  ['gmp', 'gpm'],
  ['FLOW', 'flow'],
  ['retry_atempts', 'retry_attempts'],
  ['time_zone', 'time_zone'],
])('%s is taken for %s', (typed, meant) => {
  expect(nearestName(typed, ['flow', 'gpm', 'retry_attempts', 'base_url', 'time_zone'])).toBe(meant)
})

test.each(['pressure', 'xy', ''])('%s is taken for nothing', (typed) => {
  expect(nearestName(typed, ['flow', 'gpm', 'base_url'])).toBe(null)
})

test('the nearer of two names is suggested', () => {
  expect(nearestName('heed', ['head', 'speed', 'heads'])).toBe('head')
})
