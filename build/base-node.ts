import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { access, chmod, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { ConfigurationFailure, reasonOf } from '../src/failure.ts'
import { type Cache, cached } from './cache.ts'
import { ROOT } from './root.ts'
import { NODE_VERSION, TARGETS, type Target } from './targets.ts'

const run = promisify(execFile)

export interface BaseNode {
  readonly path: string
  /** First line of `strip --version`; null when the binary is as published, and what is built on it no release. */
  readonly strip: string | null
}

/** The official Node for a target as npm publishes it, its hash checked. */
export async function officialNode(target: Target, cache: Cache): Promise<string> {
  const { nodePackage, nodeSha256 } = TARGETS[target]
  const installed = join(ROOT, 'node_modules', nodePackage, 'bin', 'node')
  if (await isThere(installed)) {
    await checkHash(installed, 'sha256', 'hex', nodeSha256)
    return installed
  }
  const folder = await cached(cache, `official-node-${target}`, { nodePackage, NODE_VERSION, nodeSha256 }, async (unfinished) => {
    cache.log(`fetching ${nodePackage} ${NODE_VERSION} from the npm registry`)
    await fetchNode(target, unfinished)
  })
  return join(folder, 'node')
}

/**
 * The same without debug information and symbols: stripping what is built on it would lose what pkg injected.
 * Without binutils for the target it stays as published.
 */
export async function baseNode(target: Target, cache: Cache): Promise<BaseNode> {
  const { strip, stripPackage, nodeSha256 } = TARGETS[target]
  const version = await stripVersion(strip)
  if (version === null) {
    cache.log(`NOT A RELEASE: ${strip} is missing, so Node keeps its symbols (20 MB more); apt-get install ${stripPackage}`)
    return { path: await officialNode(target, cache), strip: null }
  }
  const folder = await cached(cache, `base-node-${target}`, { nodeSha256, strip: version }, async (unfinished) => {
    const official = await officialNode(target, cache)
    cache.log(`stripping Node ${NODE_VERSION} for ${target} by ${version}`)
    await run(strip, ['-o', join(unfinished, 'node'), official])
    await chmod(join(unfinished, 'node'), 0o755)
  })
  return { path: join(folder, 'node'), strip: version }
}

async function stripVersion(strip: string): Promise<string | null> {
  try {
    return (await run(strip, ['--version'])).stdout.split('\n')[0] ?? null
  } catch {
    return null
  }
}

async function fetchNode(target: Target, folder: string): Promise<void> {
  const { nodePackage, nodeSha256 } = TARGETS[target]
  try {
    await run('npm', ['pack', `${nodePackage}@${NODE_VERSION}`, '--pack-destination', folder], { cwd: ROOT, maxBuffer: 1 << 24 })
  } catch (error) {
    throw new ConfigurationFailure({
      where: `npm pack ${nodePackage}@${NODE_VERSION}`,
      what: `failed (${reasonOf(error)})`,
      mend: 'the npm registry must be within reach once; afterwards the package is cached',
      cause: error,
    })
  }
  const archive = join(folder, `${nodePackage}-${NODE_VERSION}.tgz`)
  await checkHash(archive, 'sha512', 'base64', await pinnedIntegrity(nodePackage))
  await run('tar', ['-xzf', archive, '-C', folder, 'package/bin/node'])
  await rename(join(folder, 'package', 'bin', 'node'), join(folder, 'node'))
  await rm(join(folder, 'package'), { recursive: true })
  await rm(archive)
  await checkHash(join(folder, 'node'), 'sha256', 'hex', nodeSha256)
}

/** SHA-512 of a package's archive as the lock file pins it, base64. */
async function pinnedIntegrity(nodePackage: string): Promise<string> {
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version: string; integrity: string } | undefined>
  }
  const entry = lock.packages[`node_modules/${nodePackage}`]
  if (entry?.version !== NODE_VERSION || !entry.integrity.startsWith('sha512-')) {
    throw new ConfigurationFailure({
      where: 'package-lock.json',
      what: `does not pin ${nodePackage} at ${NODE_VERSION} by a sha512`,
      mend: 'keep the optional dependency, its lock entry and build/targets.ts on one version',
    })
  }
  return entry.integrity.slice('sha512-'.length)
}

async function checkHash(
  file: string,
  algorithm: 'sha256' | 'sha512',
  encoding: 'hex' | 'base64',
  expected: string,
): Promise<void> {
  const hash = createHash(algorithm)
  await pipeline(createReadStream(file), hash)
  const found = hash.digest(encoding)
  if (found === expected) return
  throw new ConfigurationFailure({
    where: file,
    what: `its ${algorithm} is ${found}, not ${expected}`,
    mend: 'it is not the Node that this repository pins: remove it and run npm ci',
  })
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  )
}
