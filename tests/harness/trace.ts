import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FinishedRun, finish } from './finished-run.ts'

/** One system call of the main thread of a traced program, in order. */
export interface TracedCall {
  readonly name: string
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

/** Runs any command line under strace. `inject` is strace's own expression, such as `fsync:error=EIO:when=2`. */
export async function trace(
  command: readonly string[],
  calls: readonly string[],
  inject: string | null = null,
): Promise<TracedRun> {
  const folder = mkdtempSync(join(tmpdir(), 'pump-monitor-trace-'))
  const log = join(folder, 'log')
  // Without -ff there is one file in the order of time; `-b execve` would detach, so the program must not start others.
  const options = ['-f', '-yy', '-s', '65536', '-o', log, '-e', `trace=${calls.join(',')}`]
  const injection = inject === null ? [] : ['-e', `inject=${inject}`]
  // Quicker, but strace 6.1 then delivers no injected signal.
  const quick = inject?.includes('signal=') === true ? [] : ['--seccomp-bpf']
  try {
    const run = await finish(['strace', ...options, ...quick, ...injection, ...command])
    return { ...run, calls: parseTrace(readFileSync(log, 'latin1')) }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Keeps the main thread's calls, and joins those that another thread's interrupted. */
function parseTrace(log: string): TracedCall[] {
  const calls: TracedCall[] = []
  const counts = new Map<string, number>()
  let main: string | null = null
  let unfinished = ''
  for (const line of log.split('\n')) {
    const [_, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? []
    main ??= thread
    if (thread !== main) continue
    if (rest.endsWith('<unfinished ...>')) {
      unfinished = rest.slice(0, -'<unfinished ...>'.length)
      continue
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)
    const whole = resumed === null ? rest : unfinished + resumed[1]
    const call = /^(\w+)\((.*)$/.exec(whole)
    if (call === null) continue
    const [, name = '', text = ''] = call
    const nth = (counts.get(name) ?? 0) + 1
    counts.set(name, nth)
    calls.push({ name, nth, text, injected: text.includes('(INJECTED)') })
  }
  return calls
}
