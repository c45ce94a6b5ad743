import { constants } from 'node:fs'
import { chmod, copyFile, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { bundleZip } from './bundle-zip.ts'
import type { BundleEntries } from './manifest.ts'

export interface Stamp {
  /** The executable without a pump. */
  readonly runtime: string
  /** The manifest included. */
  readonly entries: BundleEntries
  readonly output: string
  /** The bundle holds a token: nobody but the owner may read the executable. */
  readonly ownerOnly: boolean
}

/**
 * Writes the executable of a pump: the runtime with the pump's bundle behind it. An existing file is replaced in one
 * step. Returns the bundle.
 */
export async function stamp({ runtime, entries, output, ownerOnly }: Stamp): Promise<Uint8Array> {
  const { size } = await stat(runtime)
  const bundle = await bundleZip(entries, size)
  const unfinished = join(dirname(output), `.${basename(output)}.${process.pid}.tmp`)
  try {
    // A file system that can share blocks needs no copy of 110 MB.
    await copyFile(runtime, unfinished, constants.COPYFILE_FICLONE)
    await chmod(unfinished, ownerOnly ? 0o700 : 0o755)
    const file = await open(unfinished, 'a')
    try {
      await file.writeFile(bundle)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(unfinished, output)
    return bundle
  } finally {
    await rm(unfinished, { force: true })
  }
}
