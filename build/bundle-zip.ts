import { createHash } from 'node:crypto'
import JSZip from 'jszip'
import { END_LENGTH } from '../src/bundle/stored-zip.ts'
import { formatTrailer, parseTrailer, TRAILER_LENGTH } from '../src/bundle/trailer.ts'
import { type BundleEntries, buildTimeOf, byCodeUnits } from './manifest.ts'

/** The bundle as a ZIP whose positions count from the start of a file in which it begins at `offset` [bytes]. */
export async function bundleZip(entries: BundleEntries, offset: number): Promise<Uint8Array> {
  const zip = new JSZip()
  const date = earliest(buildTimeOf(entries))
  for (const name of Object.keys(entries).sort(byCodeUnits)) {
    // Implicit folders would get the date of today.
    zip.file(name, entries[name] ?? new Uint8Array(), { date, createFolders: false, unixPermissions: 0o644, binary: true })
  }
  const blank = formatTrailer({ offset: 0, length: 0, sha256: '0'.repeat(64) })
  const bytes = await zip.generateAsync({ type: 'uint8array', compression: 'STORE', platform: 'UNIX', comment: blank })
  moveBy(bytes, offset)
  const length = bytes.length - TRAILER_LENGTH
  const sha256 = createHash('sha256').update(bytes.subarray(0, length)).digest('hex')
  bytes.set(new TextEncoder().encode(formatTrailer({ offset, length, sha256 })), length)
  return bytes
}

/** The hash that a bundle's comment carries. */
export function bundleHash(zip: Uint8Array): string {
  const parsed = parseTrailer(new TextDecoder('latin1').decode(zip.subarray(-TRAILER_LENGTH)))
  if (parsed.kind !== 'trailer') throw new Error('a bundle ends in its trailer')
  return parsed.trailer.sha256
}

/** ZIP knows no time before 1980. */
function earliest(date: Date): Date {
  return new Date(Math.max(date.getTime(), Date.UTC(1980, 0, 1)))
}

/** Adds `offset` to every position in the directory, as `zip -A` does. */
function moveBy(zip: Uint8Array, offset: number): void {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const add = (position: number): number => {
    const before = view.getUint32(position, true)
    if (before + offset > 0xffff_ffff) throw new Error('an executable of 4 GiB cannot carry a bundle')
    view.setUint32(position, before + offset, true)
    return before
  }
  const end = zip.length - TRAILER_LENGTH - END_LENGTH
  const count = view.getUint16(end + 10, true)
  let position = add(end + 16)
  for (let index = 0; index < count; index++) {
    add(position + 42)
    position +=
      46 + view.getUint16(position + 28, true) + view.getUint16(position + 30, true) + view.getUint16(position + 32, true)
  }
}
