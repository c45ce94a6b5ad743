import { closeSync, fstatSync, openSync, readlinkSync, readSync } from 'node:fs'
import { crc32 } from '../crc32.ts'
import { ConfigurationFailure, isFailure, reasonOf } from '../failure.ts'
import { sha256 } from '../sha256.ts'
import { BUNDLE_SCHEMA_VERSION, ENTRY } from './layout.ts'
import type { Manifest } from './manifest.ts'
import { programEnd } from './program-end.ts'
import { runtimeVersion } from './runtime-version.ts'
import { END_LENGTH, type ReadBytes, readStoredZip, type StoredEntry } from './stored-zip.ts'
import { parseTrailer, TRAILER_LENGTH, type Trailer } from './trailer.ts'

/** What one executable knows of its pump. */
export interface Bundle {
  readonly manifest: Manifest
  readonly trailer: Trailer
  /** In the order of the file. */
  readonly names: readonly string[]
  readonly has: (name: string) => boolean
  /** The bytes of an entry, checked; not to be written to. Throws a ConfigurationFailure. */
  readonly read: (name: string) => Uint8Array
  /** An entry parsed as JSON; the packager has checked that it is a T. */
  readonly json: <T>(name: string) => T
}

/**
 * The running program, whatever happened to its file since it was started: after an upgrade `process.execPath`
 * is another file.
 */
const SELF = '/proc/self/exe'

/**
 * `all`: every byte of the bundle is read and hashed, so that any change is seen. `used`: its directory
 * and manifest, and each entry when it is asked for, by the ZIP's own checksum: of megabytes of models most runs need a part,
 * and to load what hashes takes longer than to check it. The file stays open as long as the process lives, so that no
 * upgrade comes in between.
 */
export type BundleCheck = 'all' | 'used'

/**
 * Opens an executable once, reads its tail alone, and checks it from the outside in: trailer, hash, directory, manifest.
 * Throws a ConfigurationFailure that says which of these is wrong.
 */
export function openBundle(path: string = SELF, check: BundleCheck = 'all'): Bundle {
  const where = path === SELF ? orUnreadable(path, () => readlinkSync(SELF)) : path
  const fd = openExecutable(path)
  const readFile: ReadBytes = (position, length) => orUnreadable(where, () => readAt(fd, position, length))
  try {
    const trailer = orUnreadable(where, () => readTrailer(fd, where))
    const read = check === 'all' ? wholeOf(where, trailer, readFile) : readFile
    return bundleOf(where, trailer, entriesOf(where, read, trailer), check)
  } finally {
    if (check === 'all') closeQuietly(fd)
  }
}

/** Reads all bytes of a bundle, checks their hash, and gives them from memory. */
function wholeOf(where: string, trailer: Trailer, read: ReadBytes): ReadBytes {
  const { offset } = trailer
  const bytes = read(offset, trailer.length)
  if (sha256(bytes) !== trailer.sha256) {
    throw altered(where, `its pump bundle was altered: it is not the one with sha256 ${trailer.sha256}`)
  }
  return (position, count) => bytes.subarray(position - offset, position - offset + count)
}

function openExecutable(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (error) {
    throw new ConfigurationFailure({
      where: path,
      what: `cannot be opened (${reasonOf(error)})`,
      mend: 'name an executable that this user can read',
      cause: error,
    })
  }
}

/** The disk under the executable may fail while it is read. */
function orUnreadable<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (isFailure(error)) throw error
    throw new ConfigurationFailure({
      where,
      what: `cannot be read (${reasonOf(error)})`,
      mend: 'check the disk that it lies on (dmesg), or copy the executable again',
      cause: error,
    })
  }
}

/** What was read is checked by its hashes, whatever the disk says when the file is closed. */
function closeQuietly(fd: number): void {
  try {
    closeSync(fd)
  } catch {
    // Nothing was written.
  }
}

function readTrailer(fd: number, where: string): Trailer {
  const { size } = fstatSync(fd)
  const width = Math.min(TRAILER_LENGTH, size)
  const parsed = parseTrailer(Buffer.from(readAt(fd, size - width, width)).toString('latin1'))
  switch (parsed.kind) {
    case 'newer':
      throw tooNew(where, 'its pump bundle has a newer format')
    case 'none':
      throw withoutTrailer(where, size, programEnd(fd))
    case 'trailer': {
      const { offset, length } = parsed.trailer
      if (length >= END_LENGTH && offset + length + TRAILER_LENGTH === size) return parsed.trailer
      throw altered(where, `its size is ${size} bytes, and its pump bundle was written for ${offset + length + TRAILER_LENGTH}`)
    }
  }
}

function withoutTrailer(where: string, size: number, end: number | null): ConfigurationFailure {
  if (end !== null && size !== end) {
    return altered(
      where,
      `its pump bundle is truncated (${Math.abs(size - end)} bytes ${size > end ? 'after' : 'short of'} the program's end)`,
    )
  }
  return new ConfigurationFailure({
    where,
    what: `it carries no pump bundle; it is the runtime ${runtimeVersion} without a pump`,
    mend: 'build the executable of a pump with: pump-monitor package',
  })
}

function entriesOf(where: string, read: ReadBytes, { offset, length }: Trailer): Map<string, StoredEntry> {
  return orNoZip(where, () => new Map(readStoredZip(read, offset, length).map((entry) => [entry.name, entry])))
}

/** What is read of the ZIP may not be what a ZIP holds there. */
function orNoZip<T>(where: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (isFailure(error)) throw error
    throw altered(where, `its pump bundle is no ZIP that this program reads: ${reasonOf(error)}`)
  }
}

function bundleOf(where: string, trailer: Trailer, entries: ReadonlyMap<string, StoredEntry>, check: BundleCheck): Bundle {
  const { manifest, bytes: manifestBytes } = manifestOf(where, entries.get(ENTRY.manifest))
  const read = (name: string): Uint8Array => {
    if (name === ENTRY.manifest) return manifestBytes
    const entry = entries.get(name)
    if (entry === undefined) throw altered(where, `its pump bundle has no ${name}`)
    const data = orNoZip(where, entry.data)
    const isSound = check === 'used' ? crc32(data) === entry.crc32 : sha256(data) === manifest.entries[name]?.sha256
    if (!isSound) throw altered(where, `${name} in its pump bundle is not what the manifest lists`)
    return data
  }
  const listed = Object.entries(manifest.entries)
  if (listed.length + 1 !== entries.size || !listed.every(([name, { size }]) => entries.get(name)?.size === size)) {
    throw altered(where, `its pump bundle has other entries than its manifest lists (${[...entries.keys()].join(', ')})`)
  }
  return {
    manifest,
    trailer,
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    read,
    json: <T>(name: string) => JSON.parse(new TextDecoder().decode(read(name))) as T,
  }
}

/** Nothing lists the manifest itself but the ZIP's directory. */
function manifestOf(where: string, entry: StoredEntry | undefined): { readonly manifest: Manifest; readonly bytes: Uint8Array } {
  if (entry === undefined) throw altered(where, `its pump bundle has no ${ENTRY.manifest}`)
  const bytes = orNoZip(where, entry.data)
  if (crc32(bytes) !== entry.crc32) throw altered(where, `${ENTRY.manifest} in its pump bundle was altered`)
  let manifest: Partial<Manifest>
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes)) as Partial<Manifest>
  } catch (error) {
    throw altered(where, `${ENTRY.manifest} in its pump bundle is not JSON (${reasonOf(error)})`)
  }
  const version = manifest.schema_version
  if (typeof version === 'number' && version > BUNDLE_SCHEMA_VERSION) {
    throw tooNew(
      where,
      `its pump bundle has schema version ${version}, and this program (${runtimeVersion}) reads up to ${BUNDLE_SCHEMA_VERSION}`,
    )
  }
  if (version !== BUNDLE_SCHEMA_VERSION || typeof manifest.entries !== 'object') {
    throw altered(where, `${ENTRY.manifest} in its pump bundle is no manifest of schema version ${BUNDLE_SCHEMA_VERSION}`)
  }
  return { manifest: manifest as Manifest, bytes }
}

function altered(where: string, what: string): ConfigurationFailure {
  return new ConfigurationFailure({ where, what, mend: 'copy the executable again from where it was built' })
}

function tooNew(where: string, what: string): ConfigurationFailure {
  return new ConfigurationFailure({ where, what, mend: 'build the executable again with one version of pump-monitor' })
}

/** All bytes of a range; fewer only where the file ends. */
function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const count = readSync(fd, bytes, done, length - done, position + done)
    if (count === 0) break
    done += count
  }
  return bytes.subarray(0, done)
}
