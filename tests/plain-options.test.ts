import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { plainOptions } from '../src/plain-options.ts'

const OPTIONS = {
  'state-dir': { type: 'string' },
  format: { type: 'string', default: 'json' },
  'no-report': { type: 'boolean', default: false },
  quiet: { type: 'boolean' },
  pump: { type: 'string', multiple: true },
} as const satisfies ParseArgsOptionsConfig

const argument = fc.oneof(
  fc.constantFrom('--state-dir', '--format', '--no-report', '--quiet', '--pump', '--format=csv', '--quiet=x', '--unknown', '--'),
  fc.constantFrom('-', '-q', '-abc', '', 'a.csv', 'out.json', 'run', '--no-quiet', '--__proto__', '--toString'),
  fc.string({ maxLength: 4 }),
)

test('plain arguments are read as parseArgs reads them, and others are left to it', () => {
  let plain = 0
  fc.assert(
    fc.property(fc.array(argument, { maxLength: 6 }), (argv) => {
      const found = plainOptions(argv, OPTIONS)
      if (found === null) return
      plain += 1
      const { values, positionals } = parseArgs({ args: argv, options: OPTIONS, allowPositionals: true, strict: true })
      expect(found.positionals).toEqual(positionals)
      expect({ ...found.values }).toEqual({ ...values })
      expect(Object.getPrototypeOf(found.values)).toBe(Object.getPrototypeOf(values))
    }),
    { numRuns: 5000 },
  )
  expect(plain).toBeGreaterThan(300)
})

test.each([
  [['--state-dir']],
  [['--format=csv', 'a.csv']],
  [['--', '--quiet']],
  [['-q']],
  [['--pump', 'Well 1']],
  [['--format', '-x']],
])('%j is left to parseArgs', (argv) => {
  expect(plainOptions(argv, OPTIONS)).toBeNull()
})
