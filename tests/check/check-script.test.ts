import { expect, test } from 'vitest'
import { checkCommands } from './project.ts'

test('npm run check formats and lints, compiles, and looks twice for what is unused', () => {
  expect(checkCommands().map((command) => command.replace(' --error-on-warnings', ''))).toEqual([
    'biome check',
    'tsc',
    'knip',
    'knip --production',
  ])
})
