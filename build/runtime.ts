import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { reasonOf } from '../src/failure.ts'
import { type BaseNode, baseNode, officialNode } from './base-node.ts'
import { type BundledJs, bundleJs } from './bundle-js.ts'
import { CACHE, type Cache, cached, type Log } from './cache.ts'
import { type NativeAssets, nativeAssets } from './native-assets.ts'
import { ROOT } from './root.ts'
import type { PkgRequest } from './run-pkg.ts'
import { hostTarget, NODE_VERSION, TARGETS, type Target } from './targets.ts'

const run = promisify(execFile)

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
  const [base, assets] = await Promise.all([baseNode(target, cache), nativeAssets(target, cache)])
  const notRelease = reasonsAgainstRelease(base)
  const version = `${await packageVersion()}${notRelease.length === 0 ? '' : '+unofficial'}`
  const program = await bundleJs(options.entry ?? join(ROOT, 'src', 'edge', 'cli.ts'), version)
  const key = {
    program: createHash('sha256')
      .update(JSON.stringify([program.main, program.pieces]))
      .digest('hex'),
    target,
    nodeSha256: TARGETS[target].nodeSha256,
    strip: base.strip,
    native: assets.id,
    builtBy: process.version,
    ...packerVersions(),
  }
  const folder = await cached(cache, `runtime-${target}`, key, async (unfinished) => {
    cache.log(`building the runtime for ${target} (${Math.round(program.size / 1024)} KB of program)`)
    const path = join(unfinished, NAME)
    await runPkg(target, { base, assets, program, folder: unfinished, output: path, cache })
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
      onnxRuntime: await sizeOf(Object.values(assets.files)),
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

function reasonsAgainstRelease(base: BaseNode): string[] {
  const reasons: string[] = []
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

interface Parts {
  readonly base: BaseNode
  readonly assets: NativeAssets
  readonly program: BundledJs
  /** Where pkg may work; nothing of it is left. */
  readonly folder: string
  readonly output: string
  readonly cache: Cache
}

async function runPkg(target: Target, { base, assets, program, folder, output, cache }: Parts): Promise<void> {
  const { arch } = TARGETS[target]
  const home = join(folder, 'home')
  const tmp = join(folder, 'tmp')
  await mkdir(tmp)
  const pieces = await writePieces(program.pieces, join(folder, 'pieces'))
  await writeFile(join(folder, 'main.cjs'), program.main)
  await preparePkgCache(join(home, '.pkg-cache', 'sea'), `node-v${NODE_VERSION}-linux-${arch}`, base.path)
  const request: PkgRequest = {
    main: join(folder, 'main.cjs'),
    recordedMain: '../../main.cjs',
    target: { nodeRange: `node${NODE_VERSION}`, platform: 'linux', arch },
    output,
    assets: { ...assets.files, ...pieces },
  }
  const env = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: tmp }
  try {
    await run(await pinnedNode(cache), [join(import.meta.dirname, 'run-pkg.ts'), JSON.stringify(request)], { env, cwd: folder })
  } catch (error) {
    throw new Error(`pkg could not build the runtime for ${target}: ${reasonOf(error)}`, { cause: error })
  }
  await chmod(output, 0o755)
  await Promise.all([home, tmp, join(folder, 'pieces')].map((path) => rm(path, { recursive: true })))
  const file = await open(output)
  await file.sync().finally(() => file.close())
}

/** The pieces as files, by the names of their assets. */
async function writePieces(pieces: BundledJs['pieces'], folder: string): Promise<Record<string, string>> {
  await mkdir(folder)
  await Promise.all(Object.entries(pieces).map(([name, code]) => writeFile(join(folder, name), code)))
  return Object.fromEntries(Object.keys(pieces).map((name) => [name, join(folder, name)]))
}

/** pkg takes a base binary from its cache, and asks no server, when it finds these names. */
async function preparePkgCache(sea: string, name: string, node: string): Promise<void> {
  const bin = join(sea, name, 'bin')
  await mkdir(bin, { recursive: true })
  await symlink(node, join(bin, 'node'))
  await Promise.all(
    [join(bin, 'node.ok'), join(sea, `${name}.tar.gz`), join(sea, `${name}.tar.gz.ok`)].map((file) => writeFile(file, '')),
  )
}

/** The Node that makes the blob must be the one that reads it. */
async function pinnedNode(cache: Cache): Promise<string> {
  if (process.version === `v${NODE_VERSION}`) return process.execPath
  const host = hostTarget()
  if (host === null) throw new Error(`needs Node ${NODE_VERSION}, and npm has none for ${process.platform}-${process.arch}`)
  return await officialNode(host, cache)
}
