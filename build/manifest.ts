import { createHash } from 'node:crypto'
import { BUNDLE_SCHEMA_VERSION, ENTRY } from '../src/bundle/layout.ts'
import type { Manifest } from '../src/bundle/manifest.ts'

/** Name in the bundle to bytes. */
export type BundleEntries = Readonly<Record<string, Uint8Array>>

export type ManifestFacts = Omit<Manifest, 'schema_version' | 'entries'>

/** The entries together with the manifest that lists them. */
export function withManifest(entries: BundleEntries, facts: ManifestFacts): BundleEntries {
  const listed = Object.keys(entries)
    .sort(byCodeUnits)
    .map((name) => {
      const bytes = entries[name] ?? new Uint8Array()
      return [name, { sha256: createHash('sha256').update(bytes).digest('hex'), size: bytes.length }] as const
    })
  const { pump, slug, artifact_version, runtime_version, runtime_sha256, target, build_time } = facts
  const manifest: Manifest = {
    schema_version: BUNDLE_SCHEMA_VERSION,
    pump,
    slug,
    artifact_version,
    runtime_version,
    runtime_sha256,
    target,
    build_time,
    entries: Object.fromEntries(listed),
  }
  return { ...entries, [ENTRY.manifest]: new TextEncoder().encode(`${JSON.stringify(manifest, null, 2)}\n`) }
}

/** The order of names that no locale changes. */
export function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** When the bundle was built, as its manifest says. */
export function buildTimeOf(entries: BundleEntries): Date {
  const bytes = entries[ENTRY.manifest]
  if (bytes === undefined) throw new Error(`a bundle needs its ${ENTRY.manifest}`)
  return new Date((JSON.parse(new TextDecoder().decode(bytes)) as Manifest).build_time)
}
