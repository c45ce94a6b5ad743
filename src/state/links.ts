import { lstatSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { outputFailure } from './output-failure.ts'

/** As many as Linux itself follows. */
const MOST_LINKS = 40

/** Where writing to a path would end up, also when its last link leads to a file that does not exist yet. */
export function resolveLinks(path: string): string {
  let current = resolve(path)
  try {
    for (let hops = 0; hops < MOST_LINKS; hops += 1) {
      current = join(realpathSync(dirname(current)), basename(current))
      if (lstatSync(current, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return current
      current = resolve(dirname(current), readlinkSync(current))
    }
  } catch (error) {
    throw outputFailure(path, 'create', error)
  }
  throw outputFailure(path, 'create', Object.assign(new Error('ELOOP: too many symbolic links'), { code: 'ELOOP' }))
}
