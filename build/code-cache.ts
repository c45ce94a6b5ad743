import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { reasonOf } from '../src/failure.ts'
import { type BundleRuntime, bundleEntries } from './bundle-entries.ts'
import { commandFor } from './emulation.ts'
import { readInputs } from './inputs.ts'
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
    ...folder.sort().map((name) => join(PATHS.model, name)),
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
  const facts = { version: '0.0.0', buildTime: new Date('2024-01-01T00:00:00Z'), name: 'pump' }
  const described: BundleRuntime = { target, version: '0.0.0', sha256: '0'.repeat(64) }
  const entries = bundleEntries(await readInputs(PATHS), facts, described)
  await stamp({ runtime, entries, output: pump, ownerOnly: false })
  const [program, ...args] = commandFor(target, pump, [...BATCHES, '--state-dir', state, '--log-level', 'error'])
  try {
    await run(program, args, {
      env: { PATH: process.env['PATH'] ?? '', HOME: folder, TZ: 'UTC', [CACHE_FOLDER_VARIABLE]: caches },
    })
  } catch (error) {
    throw new Error(`the program for ${target} could not be run for its code cache: ${reasonOf(error)}`, { cause: error })
  }
  await Promise.all([pump, state].map((path) => rm(path, { recursive: true })))
  return Object.fromEntries((await readdir(caches)).map((name) => [name, join(caches, name)]))
}
