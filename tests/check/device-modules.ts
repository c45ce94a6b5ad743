import { build, type Metafile } from 'esbuild'

/** The device's program; what a command loads counts as much as what the program loads. */
const ENTRY = 'src/edge/cli.ts'

/** An import that makes the device load zod. */
export interface ZodImport {
  readonly file: string
  readonly imports: string
}

/** The modules that the device program is made of, by their paths from `root`, and what each imports. */
export async function deviceModules(root: string): Promise<Metafile['inputs']> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [ENTRY],
    outdir: 'dist',
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'silent',
  })
  return metafile.inputs
}

/** Every import of zod in the device program, behind an `import()` too: loading zod costs as much as starting Node. */
export async function zodImports(root: string): Promise<readonly ZodImport[]> {
  return Object.entries(await deviceModules(root)).flatMap(([file, { imports }]) =>
    imports
      .filter(({ path, external }) => external === true && /^zod($|\/)/.test(path))
      .map(({ path }) => ({ file, imports: path })),
  )
}
