import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FinishedRun, finish } from './finished-run.ts'

/** One system call of a traced program, in order. */
export interface TracedCall {
  readonly name: string
  /** Numbered as they come: 0 is the main thread where all its calls are traced. */
  readonly thread: number
  /** Which call of that name it is in its thread, from 1: what strace's `when` counts. */
  readonly nth: number
  /** The arguments and the result as strace writes them, descriptors with their paths. */
  readonly text: string
  readonly injected: boolean
}

export interface TracedRun extends FinishedRun {
  readonly calls: readonly TracedCall[]
}

/** Calls that touch files, or sockets; what Linux for ARM lacks may be missing. */
export const FILE_CALLS = [
  'openat',
  'read',
  'pread64',
  'write',
  'pwrite64',
  'writev',
  'fsync',
  'fdatasync',
  'ftruncate',
  'close',
  '?rename',
  'renameat',
  'renameat2',
  '?link',
  'linkat',
  '?unlink',
  'unlinkat',
  '?mkdir',
  'mkdirat',
  '?rmdir',
  '?chmod',
  'fchmod',
  'fchmodat',
  'fchown',
  'getdents64',
  'statx',
  '?readlink',
  'readlinkat',
  'fcntl',
  '?stat',
  '?lstat',
  'fstat',
  '?newfstatat',
  'mmap',
] as const
export const SOCKET_CALLS = [
  'socket',
  'connect',
  'sendto',
  'sendmsg',
  'recvfrom',
  'recvmsg',
  'shutdown',
  'setsockopt',
  'getsockopt',
] as const

export interface Tracing {
  /** strace's own expression, such as `fsync:error=EIO:when=2`. */
  readonly inject?: string
  /** Sees, counts and disturbs only the calls on this very path; null: all. */
  readonly path?: string | null
  /** Gives the program the same process id each time, so that its temporary files have the same names; for root only. */
  readonly samePid?: boolean
  /** Signals can be injected, which strace 6.1 does not do on its quicker way; the process id depends on it as well. */
  readonly signals?: boolean
  /** How much of each argument is kept. */
  readonly bytes?: number
}

/** A namespace of process ids of its own, with a /proc in which strace finds its program. */
const SAME_PID = ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child']

/** Runs any command line under strace. */
export async function trace(command: readonly string[], calls: readonly string[], tracing: Tracing = {}): Promise<TracedRun> {
  const { inject = null, path = null, samePid = false, bytes = 65_536 } = tracing
  const { signals = inject?.includes('signal=') === true } = tracing
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-trace-'))
  const log = join(folder, 'log')
  const options = [
    // Without -ff there is one file in the order of time; `-b execve` would detach, so the program must not start others.
    ...['-f', '-yy', '-s', String(bytes), '-o', log, '-e', `trace=${calls.join(',')}`],
    ...(signals ? [] : ['--seccomp-bpf']),
    '--quiet=attach,path-resolution',
    ...(path === null ? [] : ['-P', path]),
    ...(inject === null ? [] : ['-e', `inject=${inject}`]),
  ]
  try {
    const run = await finish([...(samePid ? SAME_PID : []), 'strace', ...options, ...command])
    return { ...run, calls: parseTrace(readFileSync(log, 'latin1')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Joins the calls that another thread's interrupted. */
function parseTrace(log: string): TracedCall[] {
  const calls: TracedCall[] = []
  const threads = new Map<string, { readonly number: number; readonly counts: Map<string, number>; unfinished: string }>()
  for (const line of log.split('\n')) {
    const [_, id = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    const thread = threads.get(id) ?? { number: threads.size, counts: new Map<string, number>(), unfinished: '' }
    threads.set(id, thread)
    if (rest.endsWith('<unfinished ...>')) {
      thread.unfinished = rest.slice(0, -'<unfinished ...>'.length)
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    const whole = resumed === null ? rest : thread.unfinished + resumed[1]
    const call = /^(\w+)\((.*)$/.exec(whole)
    if (call === null) continue
    const [, name = '', text = ''] = call
    const nth = (thread.counts.get(name) ?? 0) + 1
    thread.counts.set(name, nth)
    calls.push({ name, thread: thread.number, nth, text, injected: text.includes('(INJECTED)') })
  }
  return calls
}
