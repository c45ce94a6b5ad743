import { basename, join, relative } from 'node:path'
import { build, type Metafile, transform } from 'esbuild'
import { byCodeUnits } from './manifest.ts'
import { FIRST_PIECE, LOADER } from './program-loader.ts'
import { ROOT } from './root.ts'

/** Where the device program begins. */
export const DEVICE_PROGRAM = join(ROOT, 'src', 'edge', 'cli.ts')

/** A program as a single executable takes it; a loader runs the first piece. */
export interface BundledJs {
  /** Functions by name, to be embedded as assets (see the loader): a command that is not called is not even parsed. */
  readonly pieces: Readonly<Record<string, string>>
  /** All of it [bytes]. */
  readonly size: number
  /** How much each npm package and each folder of ours takes [bytes], the largest first. */
  readonly parts: readonly (readonly [name: string, bytes: number])[]
  /** npm packages of which something is in it, sorted. */
  readonly packages: readonly string[]
}

/**
 * Splits the program and everything it imports at each `import()`, so that a run loads what it needs and no more.
 * The same sources give the same bytes in any folder.
 */
export async function bundleJs(entry: string, runtimeVersion: string): Promise<BundledJs> {
  const target = 'node24'
  const { outputFiles, metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: { [FIRST_PIECE.replace('.js', '')]: relative(ROOT, entry) },
    outdir: 'dist',
    chunkNames: '[hash]',
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: 'node',
    target,
    // Only ES modules can be split.
    format: 'esm',
    minify: true,
    legalComments: 'none',
    // Not that of whichever tsconfig.json lies above: it decides on "use strict".
    tsconfigRaw: { compilerOptions: { strict: true, verbatimModuleSyntax: true } },
    logLevel: 'silent',
    define: { PUMP_MONITOR_RUNTIME_VERSION: JSON.stringify(runtimeVersion) },
  })
  const pieces: Record<string, string> = {}
  const names = namesOf(metafile)
  for (const { path, text } of outputFiles) {
    const { code } = await transform(providing(requiring(renamed(text, names))), {
      format: 'cjs',
      platform: 'node',
      target,
      minify: true,
      logLevel: 'silent',
    })
    pieces[names.get(basename(path)) ?? basename(path)] = await asFunction(code)
  }
  if (pieces[FIRST_PIECE] === undefined) throw new Error(`esbuild wrote no ${FIRST_PIECE} for ${entry}`)
  const size = [LOADER, ...Object.values(pieces)].reduce((sum, code) => sum + Buffer.byteLength(code), 0)
  const parts = partsOf(metafile)
  const packages = parts.map(([name]) => name).filter((name) => !/^(src|tests|build)\//.test(name))
  return { pieces, size, parts, packages: packages.sort(byCodeUnits) }
}

/**
 * A name for each piece by the order in which the program comes to it: esbuild's own names follow from where packages
 * lie on the machine.
 */
function namesOf({ outputs }: Metafile): ReadonlyMap<string, string> {
  const names = new Map([[FIRST_PIECE, FIRST_PIECE]])
  for (const piece of names.keys()) {
    for (const { path } of outputs[`dist/${piece}`]?.imports ?? []) {
      const name = basename(path)
      if (path.startsWith('dist/') && !names.has(name)) names.set(name, `${names.size}.js`)
    }
  }
  return names
}

function renamed(text: string, names: ReadonlyMap<string, string>): string {
  return [...names].reduce((code, [from, to]) => code.replaceAll(`"./${from}"`, `"./${to}"`), text)
}

/** What is imported while the program runs as a promise of the loader's `require`; esbuild's own takes a helper in each piece. */
function requiring(text: string): string {
  return text.replaceAll(/\bimport\(("\.\/\w+\.js")\)/g, 'Promise.resolve().then(()=>require($1))')
}

const FUNCTION = 'export default function'

/** Whole, so that the device need not copy it; in ASCII, since V8 takes twice the memory for all of it otherwise. */
async function asFunction(piece: string): Promise<string> {
  const { code } = await transform(`${FUNCTION}(require,provide,startThread){${piece}}`, {
    minify: true,
    logLevel: 'silent',
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII is meant
  const [other] = /[^\x00-\x7f]/.exec(code) ?? []
  if (other !== undefined)
    throw new Error(`write "${other}" as \\u${other.charCodeAt(0).toString(16).padStart(4, '0')} in the sources`)
  if (!code.startsWith(FUNCTION)) throw new Error('esbuild wrote the function of a piece in another way than before')
  return `(function${code.slice(FUNCTION.length).trimEnd()})`
}

/**
 * A piece that hands what it exports to the loader's `provide`, by name and as functions. What esbuild puts into each piece
 * for the same is half a kilobyte.
 */
function providing(text: string): string {
  const start = text.lastIndexOf('export{')
  if (start === -1) return text
  const [whole = '', names = ''] = /^export\{([\w$, ]+)\};/.exec(text.slice(start)) ?? []
  if (whole === '') throw new Error('esbuild wrote the exports of a piece in another way than before')
  const getters = names.split(',').map((name) => {
    const [inside = '', outside = inside] = name.split(' as ')
    return `${outside}:()=>${inside}`
  })
  return `provide({${getters}});${text.slice(0, start)}${text.slice(start + whole.length)}`
}

/** What was imported and then dropped as unused is not inside. */
function partsOf({ outputs }: Metafile): [string, number][] {
  const sizes = new Map<string, number>()
  for (const [file, { bytesInOutput }] of Object.values(outputs).flatMap(({ inputs }) => Object.entries(inputs))) {
    const name = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? file.split('/').slice(0, 2).join('/')
    if (bytesInOutput > 0) sizes.set(name, (sizes.get(name) ?? 0) + bytesInOutput)
  }
  return [...sizes].sort(([, a], [, b]) => b - a)
}
