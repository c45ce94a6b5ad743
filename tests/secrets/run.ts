import { Buffer } from 'node:buffer'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSearch, RUN_FOLDER, searchFiles } from './search.ts'

/**
 * Around a whole run of the tests: everything has its temporary files in one folder, in which no token may be when
 * the run ends, nor in anything that vitest itself printed. A leak fails the run.
 */
export function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-tests-'))
  const files = join(folder, 'tmp')
  const before = process.env['TMPDIR']
  mkdirSync(files)
  // As /tmp is: tests have files that belong to other users.
  chmodSync(folder, 0o755)
  chmodSync(files, 0o1777)
  process.env['TMPDIR'] = files
  process.env[RUN_FOLDER] = folder
  for (const name of ['stdout', 'stderr'] as const) watchOwn(name)
  return () => {
    searchFiles(files)
    const leaks = join(folder, 'leaks')
    const found = existsSync(leaks) ? readFileSync(leaks, 'utf8').trimEnd().split('\n') : []
    rmSync(folder, { recursive: true, force: true })
    if (before === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = before
    if (found.length > 0) throw new Error(`test tokens leaked:\n${[...new Set(found)].join('\n')}`)
  }
}

function watchOwn(name: 'stdout' | 'stderr'): void {
  const stream = process[name]
  const search = createSearch(`${name} of vitest`)
  const write = stream.write.bind(stream) as (...args: unknown[]) => boolean
  stream.write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    search(Buffer.from(chunk as string))
    return write(chunk, ...rest)
  }
}
