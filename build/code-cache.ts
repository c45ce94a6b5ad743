import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rm, utimes } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { reasonOf } from '../src/failure.ts'
import { type BundleRuntime, bundleEntries } from './bundle-entries.ts'
import { commandFor } from './emulation.ts'
import { readInputs } from './inputs.ts'
import { byCodeUnits } from './manifest.ts'
import { CACHES_COMPLETE } from './program-loader.ts'
import { ROOT } from './root.ts'
import { stamp } from './stamp.ts'
import type { Target } from './targets.ts'

const run = promisify(execFile)

const WELL = join(ROOT, 'fixtures', 'well-1')
const PATHS = {
  pump: 'Well 1',
  baseline: join(WELL, 'baseline.csv'),
  columns: join(WELL, 'columns.json'),
  config: join(WELL, 'deployment.json'),
  tolerances: join(ROOT, 'fixtures', 'tolerances.json'),
  model: join(ROOT, 'models', 'well-1'),
  embedToken: false,
}
/** A pump that wears: readings of every status, with predictions and anomalies. */
const BATCHES = [join(WELL, 'healthy.csv'), join(WELL, 'degrading.csv')]

/** When the batches of a training were written. */
const WRITTEN = new Date('2024-01-01T00:00:00Z')

/** Where a training runtime writes its caches. */
export const CACHE_FOLDER_VARIABLE = 'PUMP_MONITOR_CODE_CACHE'

/** What the caches depend on beside the program itself. */
export async function trainingId(): Promise<string> {
  const hash = createHash('sha256')
  const folder = await readdir(PATHS.model)
  const files = [
    PATHS.baseline,
    PATHS.columns,
    PATHS.config,
    PATHS.tolerances,
    ...folder.sort(byCodeUnits).map((name) => join(PATHS.model, name)),
  ]
  for (const file of [...files, ...BATCHES]) hash.update(await readFile(file))
  return hash.digest('hex')
}

/**
 * V8's code cache for each piece of the program, as files by asset name: the bytecode of everything that a run over
 * synthetic readings executes, so that the device need not compile it anew at each start. The same program and readings
 * give the same bytes. `runtime` was built with the training loader; `folder` is there.
 */
export async function makeCodeCache(target: Target, runtime: string, folder: string): Promise<Record<string, string>> {
  const [pump, state, caches] = [join(folder, 'pump'), join(folder, 'state'), join(folder, 'caches')]
  await mkdir(caches)
  const batches = await Promise.all(BATCHES.map(async (file) => await oldCopy(file, folder)))
  const facts = { version: '0.0.0', buildTime: WRITTEN, name: 'pump' }
  const described: BundleRuntime = { target, version: '0.0.0', sha256: '0'.repeat(64) }
  const entries = bundleEntries(await readInputs(PATHS), facts, described)
  await stamp({ runtime, entries, output: pump, ownerOnly: false })
  const [program, ...args] = commandFor(target, pump, [...batches, '--state-dir', state, '--log-level', 'error'])
  try {
    await run(program, args, {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC', [CACHE_FOLDER_VARIABLE]: caches },
    })
  } catch (error) {
    // It ends itself once it has written all of them.
    if (!existsSync(join(caches, CACHES_COMPLETE)))
      throw new Error(`the program for ${target} could not be run for its code cache: ${reasonOf(error)}`, { cause: error })
  }
  await Promise.all([pump, state, join(caches, CACHES_COMPLETE), ...batches].map((path) => rm(path, { recursive: true })))
  const names = (await readdir(caches)).sort(byCodeUnits)
  return Object.fromEntries(names.map((name) => [name, join(caches, name)]))
}

/** A file that was just written, as all of a fresh clone are, would be read in another way. */
async function oldCopy(file: string, folder: string): Promise<string> {
  const copy = join(folder, basename(file))
  await copyFile(file, copy)
  await utimes(copy, WRITTEN, WRITTEN)
  return copy
}
