import { createHash } from 'node:crypto'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundleEntries } from '../../build/bundle-entries.ts'
import { cached } from '../../build/cache.ts'
import { type InputPaths, readInputs } from '../../build/inputs.ts'
import { stamp } from '../../build/stamp.ts'
import type { Target } from '../../build/targets.ts'
import { runtimeFor } from './runtime.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const WELL = join(ROOT, 'fixtures', 'well-1')

/** Files of Well 1, the way a site hands them over. */
export const WELL_1 = {
  baseline: join(WELL, 'baseline.csv'),
  columns: join(WELL, 'columns.json'),
  config: join(WELL, 'deployment.json'),
  model: join(ROOT, 'models', 'well-1'),
  healthy: join(WELL, 'healthy.csv'),
  degrading: join(WELL, 'degrading.csv'),
  tolerances: join(ROOT, 'fixtures', 'tolerances.json'),
} as const

/** The columns of Well 1's files. */
export const HEADER =
  'timestamp,Well ID,Flow (gpm),Discharge Pressure (psi),Suction Pressure (psi),Motor Power (hp),Pump Efficiency (%),Motor Speed (rpm)'

const KEPT = join(tmpdir(), `pump-monitor-packaged-${process.getuid?.()}`)

/** An executable of a pump, stamped once per content and kept for the other tests of this run. */
export async function packaged(target: Target, changes: Partial<InputPaths> = {}): Promise<string> {
  const runtime = await runtimeFor(target)
  const paths = { pump: 'Well 1', ...WELL_1, embedToken: false, ...changes }
  const inputs = await readInputs(paths)
  const facts = { version: '1.0.0', buildTime: new Date('2024-01-01T00:00:00Z'), name: 'well1_v1.0.0' }
  const entries = bundleEntries(inputs, facts, runtime)
  const hash = createHash('sha256')
  for (const name of Object.keys(entries).sort()) hash.update(name).update(entries[name] ?? '')
  const key = { runtime: runtime.sha256, entries: hash.digest('hex') }
  const name = `${inputs.pump.toLowerCase().replaceAll(/[^a-z0-9]/g, '')}-${target}`
  const folder = await cached({ directory: KEPT, log: () => undefined }, 'executables', key, async (unfinished) => {
    await stamp({ runtime: runtime.path, entries, output: join(unfinished, name), ownerOnly: false })
  })
  return join(folder, name)
}

/** A new folder for one test. */
export function scratch(): string {
  return mkdtempSync(join(tmpdir(), 'pump-monitor-test-'))
}

/** Writes a file into a folder and returns its path. */
export function fileIn(folder: string, name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
