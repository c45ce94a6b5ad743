import { relative } from 'node:path'
import { build, type Metafile } from 'esbuild'
import { byCodeUnits } from './manifest.ts'
import { ROOT } from './root.ts'

export interface BundledJs {
  readonly code: Uint8Array
  /** npm packages of which something is in it, sorted. */
  readonly packages: readonly string[]
}

/**
 * The program and everything it imports as one CommonJS file, which is what a single executable can run.
 * `import()` stays lazy: a command costs nothing until it is called. The same sources give the same bytes in any folder.
 */
export async function bundleJs(entry: string, runtimeVersion: string): Promise<BundledJs> {
  const result = await build({
    absWorkingDir: ROOT,
    entryPoints: [relative(ROOT, entry)],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    minify: true,
    // The names of failures and functions are what a person sees in an error.
    keepNames: true,
    legalComments: 'none',
    // Not that of whichever tsconfig.json lies above: it decides on "use strict".
    tsconfigRaw: { compilerOptions: { strict: true, verbatimModuleSyntax: true } },
    logLevel: 'silent',
    define: { PUMP_MONITOR_RUNTIME_VERSION: JSON.stringify(runtimeVersion) },
  })
  const [file] = result.outputFiles
  if (file === undefined) throw new Error(`esbuild wrote nothing for ${entry}`)
  return { code: file.contents, packages: packagesIn(result.metafile) }
}

/** What was imported and then dropped as unused is not inside. */
function packagesIn({ outputs }: Metafile): string[] {
  const inside = Object.values(outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).flatMap(([file, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? ''] : [],
    ),
  )
  return [...new Set(inside)].filter((name) => name !== '').sort(byCodeUnits)
}
