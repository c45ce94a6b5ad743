import { constants } from 'node:fs'
import { chmod, copyFile, open, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { bundleZip } from './bundle-zip.ts'
import type { BundleEntries } from './manifest.ts'

interface Stamped {
  /** The executable without a pump. */
  readonly runtime: string
  readonly output: string
  /** The bundle holds a token: nobody but the owner may read the executable. */
  readonly ownerOnly: boolean
}

/** Writes the executable of a pump, the manifest being among the entries. */
export async function stamp({ entries, ...stamped }: Stamped & { readonly entries: BundleEntries }): Promise<void> {
  const { size } = await stat(stamped.runtime)
  await stampBundle({ ...stamped, bundle: await bundleZip(entries, size) })
}

/** Writes the runtime with a pump's bundle behind it. An existing file is replaced in one step. */
export async function stampBundle({
  runtime,
  bundle,
  output,
  ownerOnly,
}: Stamped & { readonly bundle: Uint8Array }): Promise<void> {
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
  } finally {
    await rm(unfinished, { force: true })
  }
}
