import { ENTRY } from '../src/bundle/layout.ts'
import type { Columns } from '../src/readings/columns.ts'
import { createOffsets } from '../src/readings/time-zone.ts'
import { writeDownOffsets } from '../src/readings/zone-offsets.ts'
import { deploymentJsonSchema } from './configuration-table.ts'
import type { PumpInputs } from './inputs.ts'
import { type BundleEntries, withManifest } from './manifest.ts'
import { pumpReadme } from './pump-readme.ts'
import { slugOf } from './slug.ts'
import type { Target } from './targets.ts'

export interface BuildFacts {
  readonly version: string
  readonly buildTime: Date
  /** The executable's file, as its README calls it. */
  readonly name: string
}

/** The runtime that a bundle is made for. */
export interface BundleRuntime {
  readonly target: Target
  readonly version: string
  readonly sha256: string
}

/** What one pump's executable carries behind its runtime. */
export function bundleEntries(inputs: PumpInputs, facts: BuildFacts, runtime: BundleRuntime): BundleEntries {
  const { model } = inputs
  const manifest = {
    pump: inputs.pump,
    slug: slugOf(inputs.pump),
    artifact_version: facts.version,
    runtime_version: runtime.version,
    runtime_sha256: runtime.sha256,
    target: runtime.target,
    build_time: facts.buildTime.toISOString(),
  }
  const json = (value: unknown): Uint8Array => encode(`${JSON.stringify(value, null, 2)}\n`)
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text)
  const entries: Record<string, Uint8Array> = {
    [ENTRY.baseline]: json(inputs.baseline),
    [ENTRY.tolerances]: json(inputs.tolerances),
    [ENTRY.columns]: json(withOffsets(inputs.columns)),
    [ENTRY.deployment]: json(inputs.deployment),
    [ENTRY.deploymentSchema]: json(deploymentJsonSchema()),
    [ENTRY.readme]: encode(pumpReadme(inputs, manifest, facts.name)),
  }
  if (model !== null) {
    entries[ENTRY.modelOnnx] = model.onnx
    if (model.quick !== null) entries[ENTRY.modelQuick] = model.quick
    entries[ENTRY.modelMetadata] = json(model.metadata)
    if (model.scaler !== null) entries[ENTRY.scaler] = json(model.scaler)
  }
  return withManifest(entries, manifest)
}

/** The offsets of the zone written down, so that the device need not ask for them. */
function withOffsets(columns: Columns): Columns {
  return { ...columns, zone_offsets: writeDownOffsets(createOffsets(columns.time_zone)) }
}
