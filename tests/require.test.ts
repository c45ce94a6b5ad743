import { afterEach, expect, test } from 'vitest'
import { hasPrograms, REQUIRE_ALL, requireOrSkip } from './require.ts'

const before = process.env[REQUIRE_ALL]

afterEach(() => {
  if (before === undefined) delete process.env[REQUIRE_ALL]
  else process.env[REQUIRE_ALL] = before
})

test('a tool that is there lets the test run, whoever asks', () => {
  process.env[REQUIRE_ALL] = '1'
  expect(requireOrSkip(true, 'nothing')).toBe(true)
})

test('a missing tool skips the test on a machine that does not insist', () => {
  delete process.env[REQUIRE_ALL]
  expect(requireOrSkip(false, 'apt-get install qemu-user-static')).toBe(false)
})

test('a missing tool fails the test where everything must run, and says how to get it', () => {
  process.env[REQUIRE_ALL] = '1'
  expect(() => requireOrSkip(false, 'apt-get install qemu-user-static')).toThrow(/apt-get install qemu-user-static/)
})

test('a program is found on the PATH by its name, and all of several must be there', () => {
  expect(hasPrograms('sh')).toBe(true)
  expect(hasPrograms('sh', 'no-such-program-of-this-name')).toBe(false)
})
