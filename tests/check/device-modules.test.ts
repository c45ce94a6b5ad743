import { expect, test } from 'vitest'
import { zodImports } from './device-modules.ts'
import { projectOf, REPOSITORY } from './project.ts'

const SCHEMA =
  "import * as z from 'zod/mini'\n\nexport const schema = z.number()\n\nexport type Schema = z.infer<typeof schema>\n"

async function planted(files: Readonly<Record<string, string>>) {
  const project = projectOf({ 'src/pump/schema.ts': SCHEMA, ...files })
  try {
    return await zodImports(project.root)
  } finally {
    project.remove()
  }
}

const found = [{ file: 'src/pump/schema.ts', imports: 'zod/mini' }]
const cli = "export const load = () => import('./run.ts')\n"

test('the device loads no zod', async () => {
  expect(await zodImports(REPOSITORY)).toEqual([])
})

test('a schema that a command uses is found, also behind the import() of the command', async () => {
  const run = "import { schema } from '../pump/schema.ts'\n\nexport const run = schema\n"
  expect(await planted({ 'src/edge/cli.ts': cli, 'src/edge/run.ts': run })).toEqual(found)
})

test('a type among values of one import is found, since Node loads the module for it', async () => {
  const run = "import { type Schema } from '../pump/schema.ts'\n\nexport const run: Schema = 1\n"
  expect(await planted({ 'src/edge/cli.ts': cli, 'src/edge/run.ts': run })).toEqual(found)
})

test('a type alone costs nothing', async () => {
  const run = "import type { Schema } from '../pump/schema.ts'\n\nexport const run: Schema = 1\n"
  expect(await planted({ 'src/edge/cli.ts': cli, 'src/edge/run.ts': run })).toEqual([])
})
