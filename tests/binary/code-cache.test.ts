import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { baseNode } from '../../build/base-node.ts'
import { bundleJs, DEVICE_PROGRAM } from '../../build/bundle-js.ts'
import { CACHE } from '../../build/cache.ts'
import { CACHE_FOLDER_VARIABLE, makeCodeCache } from '../../build/code-cache.ts'
import { buildExecutable } from '../../build/executable.ts'
import { nativeAssets } from '../../build/native-assets.ts'
import { LOADER, START_OPTIONS, TRAINING_OPTIONS, trainingLoader } from '../../build/program-loader.ts'
import { hostTarget } from '../../build/targets.ts'
import { scratch } from './packaged.ts'
import { runProgram } from './program.ts'
import { canRun } from './runtime.ts'

const HOST = hostTarget() ?? 'linux-x64'

test.runIf(canRun(HOST))(
  'the compiled code of the program has the same bytes each time it is made, and the program takes it',
  async () => {
    const cache = { directory: CACHE, log: () => undefined }
    const [base, native] = await Promise.all([baseNode(HOST, cache), nativeAssets(HOST, cache)])
    const { pieces } = await bundleJs(DEVICE_PROGRAM, '0.1.0')
    const folder = scratch()
    const build = async (
      name: string,
      loader: string,
      codeCache: Readonly<Record<string, string>>,
      startOptions: readonly string[],
    ) => {
      const output = join(folder, name)
      await buildExecutable(HOST, { base, native, loader, pieces, codeCache, startOptions }, { folder, output, cache })
      return output
    }
    const training = await build('training', trainingLoader(CACHE_FOLDER_VARIABLE), {}, TRAINING_OPTIONS)
    const made: Record<string, string>[] = []
    for (const name of ['once', 'and-once-more-in-another-folder']) {
      mkdirSync(join(folder, name))
      made.push(await makeCodeCache(HOST, training, join(folder, name)))
    }
    const [first = {}, second = {}] = made
    const bytes = (files: Readonly<Record<string, string>>) =>
      Object.fromEntries(Object.entries(files).map(([name, path]) => [name, readFileSync(path).toString('base64')]))
    expect(Object.keys(first).length).toBeGreaterThan(5)
    expect(bytes(second)).toEqual(bytes(first))

    const asked = LOADER.replace('    script.run', '    console.log(file, script.cachedDataRejected);\n    script.run')
    expect(asked).not.toBe(LOADER)
    const program = await build('program', asked, first, START_OPTIONS)
    // Whatever the program answers without a pump: its pieces are loaded by then.
    const { stdout } = await runProgram(program, { args: ['run', 'none.csv'] })
    const taken = stdout.split('\n').filter((line) => line.endsWith('false'))
    expect(stdout).not.toContain('true')
    expect(taken.length).toBeGreaterThan(5)
  },
  300_000,
)
