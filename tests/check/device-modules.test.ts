import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { eagerZod, LATE } from './device-modules.ts'
import { projectOf, REPOSITORY } from './project.ts'

const SCHEMA =
  "import * as z from 'zod/mini'\n\nexport const schema = z.number()\n\nexport type Schema = z.infer<typeof schema>\n"

async function planted(files: Readonly<Record<string, string>>, late: readonly string[] = []) {
  const project = projectOf({ 'src/pump/schema.ts': SCHEMA, ...files })
  try {
    return await eagerZod(project.root, late)
  } finally {
    project.remove()
  }
}

const found = [{ file: 'src/pump/schema.ts', imports: 'zod/mini' }]
const cli = "export const load = () => import('./run.ts')\n"

test('the device loads no zod unless a user asks for what needs it', async () => {
  expect(await eagerZod(REPOSITORY, LATE)).toEqual([])
})

test('the files that may come late are there', () => {
  expect(LATE.filter((file) => !existsSync(join(REPOSITORY, file)))).toEqual([])
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

test('a file that may come late must come by import()', async () => {
  const overlay = "import { schema } from '../pump/schema.ts'\n\nexport const overlay = schema\n"
  const files = { 'src/edge/cli.ts': cli, 'src/edge/overlay.ts': overlay }
  const late = "export const overlay = () => import('./overlay.ts')\n"
  const early = "import { overlay } from './overlay.ts'\n\nexport const run = overlay\n"
  expect(await planted({ ...files, 'src/edge/run.ts': late }, ['src/edge/overlay.ts'])).toEqual([])
  expect(await planted({ ...files, 'src/edge/run.ts': early }, ['src/edge/overlay.ts'])).toEqual(found)
})
