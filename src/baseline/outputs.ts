import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { OutputFailure, reasonOf } from '../failure.ts'

/** Writes a text file for a person to keep. Throws `OutputFailure`. */
export function writeText(file: string, cwd: string, text: string): void {
  const path = resolve(cwd, file)
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  } catch (cause) {
    throw new OutputFailure({ where: file, what: `cannot be written (${reasonOf(cause)})`, mend: 'choose another path', cause })
  }
}

/** Name for files about a pump: `Well 1` is `well-1`. */
export function fileNameOf(pump: string): string {
  return (
    pump
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '') || 'pump'
  )
}
