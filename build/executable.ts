import { execFile } from 'node:child_process'
import { chmod, mkdir, open, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { reasonOf } from '../src/failure.ts'
import { type BaseNode, officialNode } from './base-node.ts'
import type { BundledJs } from './bundle-js.ts'
import type { Cache } from './cache.ts'
import type { NativeAssets } from './native-assets.ts'
import type { PkgRequest } from './run-pkg.ts'
import { hostTarget, NODE_VERSION, TARGETS, type Target } from './targets.ts'

const run = promisify(execFile)

/** What an executable without a pump is made of. */
export interface ExecutableParts {
  readonly base: BaseNode
  readonly native: NativeAssets
  /** JavaScript that runs first. */
  readonly loader: string
  readonly pieces: BundledJs['pieces']
  /** V8's code cache of pieces, as files by the names of their assets. */
  readonly codeCache: Readonly<Record<string, string>>
  readonly startOptions: readonly string[]
}

/** Has pkg make the executable. It may work in `folder`, where nothing of it is left. */
export async function buildExecutable(
  target: Target,
  { base, native, loader, pieces, codeCache, startOptions }: ExecutableParts,
  { folder, output, cache }: { readonly folder: string; readonly output: string; readonly cache: Cache },
): Promise<void> {
  const { arch } = TARGETS[target]
  const home = join(folder, 'home')
  const tmp = join(folder, 'tmp')
  await mkdir(tmp)
  const files = await writePieces(pieces, join(folder, 'pieces'))
  await writeFile(join(folder, 'main.cjs'), loader)
  await preparePkgCache(join(home, '.pkg-cache', 'sea'), `node-v${NODE_VERSION}-linux-${arch}`, base.path)
  const request: PkgRequest = {
    main: join(folder, 'main.cjs'),
    recordedMain: '../../main.cjs',
    target: { nodeRange: `node${NODE_VERSION}`, platform: 'linux', arch },
    output,
    assets: { ...native.files, ...files, ...codeCache },
    startOptions,
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
