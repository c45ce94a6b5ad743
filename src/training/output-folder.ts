import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { OutputFailure, reasonOf } from '../failure.ts'

/** Writes files by name into a folder, which is made when it is missing. Throws OutputFailure. */
export function writeInto(directory: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  try {
    mkdirSync(directory, { recursive: true })
    for (const [name, content] of Object.entries(files)) writeFileSync(join(directory, name), content)
  } catch (cause) {
    throw new OutputFailure({
      where: directory,
      what: `cannot be written (${reasonOf(cause)})`,
      mend: 'choose another --out',
      cause,
    })
  }
}
