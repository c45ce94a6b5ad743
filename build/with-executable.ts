import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationFailure, reasonOf } from '../src/failure.ts'
import { isZip } from './file-kind.ts'
import { executableIn, openArchive, unpackTo } from './zip-reader.ts'

/** Calls `use` with an executable; out of a ZIP, it is unpacked for as long as that takes. Throws ConfigurationFailure. */
export async function withExecutable<T>(file: string, use: (path: string) => Promise<T>): Promise<T> {
  if (!(await isZip(file))) return await use(file)
  const folder = await mkdtemp(join(tmpdir(), 'pump-monitor-unpacked-'))
  try {
    const path = join(folder, 'executable')
    try {
      const archive = await openArchive(file)
      await unpackTo(path, archive, executableIn(archive))
    } catch (error) {
      const mend = 'take it again from where it was built'
      throw new ConfigurationFailure({ where: file, what: `is no sound artifact (${reasonOf(error)})`, mend, cause: error })
    }
    return await use(path)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
