import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { measured } from './measured.ts'
import { ran } from './ran.ts'
import type { OursOptions, Workshop } from './workshop.ts'

/** What one run gave to the files of a disk, by the system calls that strace saw. */
export interface Written {
  /** Bytes of the results, OUTPUT's temporary file included. */
  readonly results: number
  /** All others. */
  readonly beside: number
  readonly syncs: number
  /** Bytes of all pages that became dirty; what a disk really writes comes in those, and in its journal. */
  readonly pages: number
  /** Bytes by file, names relative to the state directory. */
  readonly files: Readonly<Record<string, number>>
}

const CALL = /^\d+ +(write|pwrite64|writev|pwritev|sendfile|copy_file_range)\(\d+<([^>]+)>.* = (\d+)$/
/** Temporary files are named after the process. */
const PROCESS_ID = /\.\d+(?=\.tmp$)/
const SYNC = /^\d+ +(?:fsync|fdatasync|sync_file_range|syncfs)\(/

/** Runs the executable of the forest under strace and adds up what it writes. */
export function writtenBy(workshop: Workshop, name: string, options: OursOptions): Written {
  const { prepare, command } = workshop.ours(`wear, ${name}`, options)
  const [file = '', ...args] = command
  const [, results = '', , state = ''] = args
  prepare?.()
  const { dirtied_bytes: pages } = measured(command)
  prepare?.()
  const trace = join(workshop.folder, 'trace')
  const calls = 'trace=write,pwrite64,writev,pwritev,sendfile,copy_file_range,fsync,fdatasync,sync_file_range,syncfs'
  ran('strace', ['-f', '-y', '-s', '0', '-o', trace, '-e', calls, file, ...args])
  const files: Record<string, number> = {}
  let syncs = 0
  for (const line of readFileSync(trace, 'utf8').split('\n')) {
    if (SYNC.test(line)) syncs += 1
    const [, , path = '', bytes = '0'] = CALL.exec(line) ?? []
    // Neither terminals, pipes and sockets nor what wakes an event loop is on a disk.
    if (!path.startsWith('/') || path.startsWith('/dev/')) continue
    const isResults = dirname(path) === dirname(results) && basename(path).includes(basename(results))
    const name = isResults ? 'results' : path.replace(`${state}/`, '').replace(PROCESS_ID, '')
    files[name] = (files[name] ?? 0) + Number(bytes)
  }
  const { results: own = 0, ...others } = files
  return { pages, results: own, beside: Object.values(others).reduce((sum, bytes) => sum + bytes, 0), syncs, files }
}
