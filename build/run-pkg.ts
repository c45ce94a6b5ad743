import pkgSea from '@yao-pkg/pkg/lib-es5/sea.js'

/**
 * Makes a single executable with pkg. It runs as a process of its own, because pkg changes the working directory,
 * takes HOME and TMPDIR from the environment and installs handlers. Its one argument is the request as JSON.
 */
export interface PkgRequest {
  /** Absolute. */
  readonly main: string
  /** The same file as seen from a folder directly in TMPDIR: the executable records this path, and must be the same in any folder. */
  readonly recordedMain: string
  /** The Node version written out in full, so that pkg asks no server which one is meant. */
  readonly target: { readonly nodeRange: string; readonly platform: 'linux'; readonly arch: 'arm64' | 'x64' }
  /** Absolute. */
  readonly output: string
  /** Asset name to absolute path. */
  readonly assets: Readonly<Record<string, string>>
  /** Options of Node and V8 that the executable starts with. */
  readonly startOptions: readonly string[]
}

const [argument] = process.argv.slice(2)
if (import.meta.main && argument !== undefined) {
  const request = JSON.parse(argument) as PkgRequest
  const seaConfig = {
    main: request.recordedMain,
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    // Of the loader alone, which is a few lines; the pieces bring their own (`code-cache.ts`).
    useCodeCache: false,
    execArgv: [...request.startOptions],
    // Else NODE_OPTIONS could inject code into the executable.
    execArgvExtension: 'none',
    assets: { ...request.assets },
  }
  await pkgSea.default(request.main, { seaConfig, targets: [{ ...request.target, output: request.output }] })
}
