import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { BatchName } from './batches.ts'
import { ran } from './ran.ts'
import type { Workshop } from './workshop.ts'

/** What one run gave to the files of a disk, by the system calls that strace saw. */
export interface Written {
  /** Bytes of the results, OUTPUT's temporary file included. */
  readonly results: number
  /** All others. */
  readonly beside: number
  readonly syncs: number
  /** Bytes by file, names relative to the state directory. */
  readonly files: Readonly<Record<string, number>>
}

const CALL = /^\d+ +(write|pwrite64|writev|pwritev|sendfile|copy_file_range)\(\d+<([^>]+)>.* = (\d+)$/
/** Temporary files are named after the process. */
const PROCESS_ID = /\.\d+(?=\.tmp$)/
const SYNC = /^\d+ +(?:fsync|fdatasync|sync_file_range|syncfs)\(/

/** Runs the executable of the forest under strace and adds up what it writes. */
export function writtenBy(workshop: Workshop, batch: BatchName, isNew: boolean): Written {
  const { prepare, command, results = '' } = workshop.ours(`wear ${batch}`, { executable: workshop.pump.withForest, batch })
  prepare?.()
  const [file = '', ...args] = command
  if (!isNew) ran(file, args)
  const trace = join(workshop.folder, 'trace')
  const calls = 'trace=write,pwrite64,writev,pwritev,sendfile,copy_file_range,fsync,fdatasync,sync_file_range,syncfs'
  ran('strace', ['-f', '-y', '-s', '0', '-o', trace, '-e', calls, file, ...args])
  const files: Record<string, number> = {}
  const state = args.at(-1) ?? ''
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
  return { results: own, beside: Object.values(others).reduce((sum, bytes) => sum + bytes, 0), syncs, files }
}
