import { build, type Metafile } from 'esbuild'

/** The device's program; what a command loads counts as much as what the program loads. */
const ENTRY = 'src/edge/cli.ts'

/**
 * Files that may be loaded late, when a user asks for what only they can do, and that may therefore use zod: loading
 * it costs as much as starting Node. Their place behind an `import()` is what makes them late.
 */
export const LATE: readonly string[] = []

/** An import that makes the device load zod at every run. */
export interface EagerImport {
  readonly file: string
  readonly imports: string
}

/** Follows every import of the device's program but those of `late` files behind an `import()`. */
export async function eagerZod(root: string, late: readonly string[]): Promise<readonly EagerImport[]> {
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
  const files = reach(metafile.inputs, late)
  return [...files].flatMap((file) =>
    (metafile.inputs[file]?.imports ?? [])
      .filter(({ path, external }) => external === true && /^zod($|\/)/.test(path))
      .map(({ path }) => ({ file, imports: path })),
  )
}

function reach(inputs: Metafile['inputs'], late: readonly string[]): ReadonlySet<string> {
  const reached = new Set([ENTRY])
  for (const file of reached) {
    for (const { path, kind, external } of inputs[file]?.imports ?? []) {
      if (external === true || (kind === 'dynamic-import' && late.includes(path))) continue
      reached.add(path)
    }
  }
  return reached
}
