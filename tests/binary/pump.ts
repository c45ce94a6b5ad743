import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BundleEntries, withManifest } from '../../build/manifest.ts'
import type { Runtime } from '../../build/runtime.ts'
import { stamp } from '../../build/stamp.ts'
import type { ModelMetadata } from '../../src/model/metadata.ts'
import { FOREST } from '../model/forest-metadata.ts'

const MODELS = join(import.meta.dirname, '..', '..', 'fixtures', 'sklearn')

/** A bundle with a small forest from scikit-learn and as little else as a bundle can have. */
export function smallEntries(runtime: Pick<Runtime, 'target' | 'version' | 'sha256'>, more: BundleEntries = {}): BundleEntries {
  const model = readFileSync(join(MODELS, 'forest.onnx'))
  const metadata: ModelMetadata = { ...FOREST, sha256: createHash('sha256').update(model).digest('hex') }
  const entries = {
    'README.md': Buffer.from('# Well 1\n'),
    'config/baseline.json': Buffer.from('{}\n'),
    'model/metadata.json': Buffer.from(JSON.stringify(metadata)),
    'model/model.onnx': model,
    ...more,
  }
  return withManifest(entries, {
    pump: 'Well 1',
    slug: 'well-1',
    artifact_version: '1.0.0',
    runtime_version: runtime.version,
    runtime_sha256: runtime.sha256,
    target: runtime.target,
    build_time: '2026-01-02T03:04:06.000Z',
  })
}

/** Stamps a runtime with the small bundle. */
export async function stampSmall(runtime: Runtime, output: string): Promise<string> {
  await stamp({ runtime: runtime.path, entries: smallEntries(runtime), output, ownerOnly: false })
  return output
}
