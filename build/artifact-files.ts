import type { Deployment } from '../src/bundle/deployment.ts'
import { ENTRY } from '../src/bundle/layout.ts'
import type { Manifest } from '../src/bundle/manifest.ts'
import { installFiles } from './install-files.ts'
import type { BundleEntries } from './manifest.ts'
import type { Runtime } from './runtime.ts'
import { type Executable, sbom } from './sbom.ts'
import { licenceTexts, thirdParties } from './third-party.ts'

/** What a bundle's own manifest and README are called beside the executable, too. */
export const COPIED = [ENTRY.manifest, ENTRY.readme] as const

/** Everything that travels beside an executable, by name; checksums and signature come on top. */
export function artifactFiles(
  executable: Executable,
  entries: BundleEntries,
  runtime: Runtime,
): Readonly<Record<string, Uint8Array>> {
  const json = <T>(name: string): T => JSON.parse(new TextDecoder().decode(entries[name])) as T
  const texts: Record<string, string> = {
    ...installFiles({
      manifest: json<Manifest>(ENTRY.manifest),
      apiUrl: json<Deployment>(ENTRY.deployment).api.base_url,
    }),
    'sbom.cdx.json': sbom(executable, entries, runtime),
    'THIRD_PARTY_LICENSES.txt': licenceTexts(thirdParties(runtime.packages)),
  }
  const encode = ([name, text]: [string, string]) => [name, new TextEncoder().encode(text)] as const
  return {
    ...Object.fromEntries(Object.entries(texts).map(encode)),
    ...Object.fromEntries(COPIED.map((name) => [name, entries[name] ?? new Uint8Array()])),
  }
}
