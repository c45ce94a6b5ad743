import { createHash } from 'node:crypto'
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type BaseNode, baseNode } from './base-node.ts'
import { type BundledJs, bundleJs, DEVICE_PROGRAM } from './bundle-js.ts'
import { CACHE, type Cache, cached, type Log } from './cache.ts'
import { CACHE_FOLDER_VARIABLE, makeCodeCache, trainingId } from './code-cache.ts'
import { canRunHere, QEMU_HINT } from './emulation.ts'
import { buildExecutable } from './executable.ts'
import { type NativeAssets, nativeAssets } from './native-assets.ts'
import { LOADER, START_OPTIONS, TRAINING_OPTIONS, trainingLoader } from './program-loader.ts'
import { ROOT } from './root.ts'
import { NODE_VERSION, TARGETS, type Target } from './targets.ts'

/** The executable without a pump, and how it was made. */
export interface Runtime {
  readonly path: string
  readonly target: Target
  /** Of the program; ends in `+unofficial` when the runtime is no release. */
  readonly version: string
  readonly release: boolean
  /** Why it is no release; empty when it is one. */
  readonly notRelease: readonly string[]
  readonly nodeVersion: string
  /** First line of `strip --version`; null when nothing was stripped. */
  readonly strip: string | null
  readonly size: number
  readonly sha256: string
  /** How large each part is as it lies in it [bytes]. */
  readonly parts: { readonly node: number; readonly onnxRuntime: number; readonly program: number }
  /** npm packages inside the program. */
  readonly packages: readonly string[]
}

export interface RuntimeOptions {
  /** The program to build in; the device's own when not given. */
  readonly entry?: string
  readonly cacheDirectory?: string
}

/** Builds the runtime for a target, or takes it from the cache when everything it depends on is unchanged. */
export async function buildRuntime(target: Target, log: Log, options: RuntimeOptions = {}): Promise<Runtime> {
  const cache: Cache = { directory: options.cacheDirectory ?? CACHE, log }
  await mkdir(cache.directory, { recursive: true })
  const [base, native] = await Promise.all([baseNode(target, cache), nativeAssets(target, cache)])
  // A program of the tests is no pump's, and has nothing to be trained on.
  const trained = options.entry === undefined && canRunHere(target)
  const notRelease = reasonsAgainstRelease(base, target)
  const version = `${await packageVersion()}${notRelease.length === 0 ? '' : '+unofficial'}`
  const program = await bundleJs(options.entry ?? DEVICE_PROGRAM, version)
  const key = {
    program: createHash('sha256')
      .update(JSON.stringify([LOADER, START_OPTIONS, program.pieces]))
      .digest('hex'),
    training: trained ? JSON.stringify([await trainingId(), TRAINING_LOADER, TRAINING_OPTIONS]) : null,
    target,
    nodeSha256: TARGETS[target].nodeSha256,
    strip: base.strip,
    native: native.id,
    builtBy: process.version,
    ...packerVersions(),
  }
  const folder = await cached(cache, `runtime-${target}`, key, async (unfinished) => {
    cache.log(`building the runtime for ${target} (${Math.round(program.size / 1024)} KB of program)`)
    const path = join(unfinished, NAME)
    const codeCache = trained ? await codeCacheOf(target, { base, native, program, folder: unfinished, cache }) : {}
    const parts = { base, native, loader: LOADER, pieces: program.pieces, codeCache, startOptions: START_OPTIONS }
    await buildExecutable(target, parts, { folder: unfinished, output: path, cache })
    await rm(join(unfinished, TRAINING), { recursive: true, force: true })
    const bytes = await readFile(path)
    const facts = { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
    await writeFile(join(unfinished, FACTS), JSON.stringify(facts))
    cache.log(`runtime for ${target}: ${(facts.size / 1e6).toFixed(1)} MB, sha256 ${facts.sha256}`)
  })
  const facts = JSON.parse(await readFile(join(folder, FACTS), 'utf8')) as { size: number; sha256: string }
  return {
    path: join(folder, NAME),
    target,
    version,
    release: notRelease.length === 0,
    notRelease,
    nodeVersion: NODE_VERSION,
    strip: base.strip,
    ...facts,
    parts: {
      node: (await stat(base.path)).size,
      onnxRuntime: await sizeOf(Object.values(native.files)),
      program: program.size,
    },
    packages: program.packages,
  }
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size))
  return sizes.reduce((total, size) => total + size, 0)
}

const NAME = 'pump-monitor-runtime'
const FACTS = 'runtime.json'

function reasonsAgainstRelease(base: BaseNode, target: Target): string[] {
  const reasons: string[] = []
  if (!canRunHere(target)) reasons.push(`it has no code cache, which takes a run of the program (${QEMU_HINT})`)
  if (base.strip === null) reasons.push('Node is not stripped')
  else if (!base.strip.includes('Debian')) reasons.push(`Node is stripped by ${base.strip}, not by Debian's binutils`)
  if (process.version !== `v${NODE_VERSION}`) reasons.push(`built by Node ${process.version}, not v${NODE_VERSION}`)
  return reasons
}

async function packageVersion(): Promise<string> {
  return (JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version
}

function packerVersions(): { pkg: string; postject: string } {
  const require = createRequire(import.meta.url)
  const versionOf = (file: string): string => (require(file) as { version: string }).version
  return { pkg: versionOf('@yao-pkg/pkg/package.json'), postject: versionOf('postject/package.json') }
}

/** A folder for the run that the code cache is taken from. */
const TRAINING = 'training'
const TRAINING_LOADER = trainingLoader(CACHE_FOLDER_VARIABLE)

interface Untrained {
  readonly base: BaseNode
  readonly native: NativeAssets
  readonly program: BundledJs
  readonly folder: string
  readonly cache: Cache
}

async function codeCacheOf(target: Target, { base, native, program, folder, cache }: Untrained): Promise<Record<string, string>> {
  cache.log(`running the program for ${target} once, for its code cache`)
  const training = join(folder, TRAINING)
  await mkdir(training)
  const output = join(training, NAME)
  const parts = { base, native, loader: TRAINING_LOADER, pieces: program.pieces, codeCache: {}, startOptions: TRAINING_OPTIONS }
  await buildExecutable(target, parts, { folder, output, cache })
  return await makeCodeCache(target, output, training)
}
