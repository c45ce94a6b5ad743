import { FILE_CALLS, SOCKET_CALLS, type TracedCall, type TracedRun, type Tracing, trace } from './trace.ts'

/** A call to disturb, and how strace counts up to it. */
export interface Target {
  readonly call: TracedCall
  /** Counted among the thread's calls on this very path; null: among all of its calls of that name. */
  readonly path: string | null
  readonly nth: number
}

/** One fault at one call of a run. */
export interface Fault extends Target {
  /** Such as `error=EIO` or `signal=SIGKILL`. */
  readonly kind: string
}

export const KILL = 'signal=SIGKILL'

export const ALL_CALLS = [...FILE_CALLS, ...SOCKET_CALLS]

/** What each call can answer when something is wrong with the disk or the limits. */
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'EMFILE', 'ENOSPC', 'EROFS'],
  read: ['EIO'],
  pread64: ['EIO'],
  write: ['EIO', 'ENOSPC'],
  fsync: ['EIO'],
  ftruncate: ['EIO'],
  close: ['EIO'],
  rename: ['EIO', 'ENOSPC', 'EROFS'],
  link: ['EIO', 'ENOSPC'],
  unlink: ['EIO', 'EROFS'],
  rmdir: ['EIO', 'EROFS'],
  mkdir: ['ENOSPC', 'EROFS'],
  chmod: ['EIO'],
  fchmod: ['EIO'],
  fchown: ['EIO'],
  getdents64: ['EIO'],
  statx: ['EIO'],
  stat: ['EIO'],
  lstat: ['EIO'],
  fstat: ['EIO'],
  newfstatat: ['EIO'],
  readlink: ['EIO'],
  fcntl: ['ENOLCK'],
  mmap: ['ENOMEM'],
}

/** And with the network. */
const NETWORK_ERRORS: Readonly<Record<string, readonly string[]>> = {
  socket: ['EMFILE'],
  connect: ['ETIMEDOUT', 'ECONNREFUSED'],
  write: ['EPIPE', 'ECONNRESET'],
  writev: ['EPIPE', 'ECONNRESET'],
  sendto: ['EPIPE', 'ECONNRESET'],
  read: ['ECONNRESET'],
  recvfrom: ['ECONNRESET'],
  setsockopt: ['ENOBUFS'],
  close: ['EIO'],
}

/** A write to a file that claims to have stored less than it was given, and stored nothing: the worst of short writes. */
const LIE = 'retval=3'

export function isNetworkCall({ text }: TracedCall): boolean {
  return /^\d+<TCP/.test(text) || text.startsWith('AF_INET')
}

/** The path that a call names, the first of two, or that of the file that it works on: what strace's -P goes by. */
function pathOf({ name, text }: TracedCall): string | null {
  const named = /^(?:AT_FDCWD<[^>]*>, )?"([^"]+)"/.exec(text)
  const file = name === 'mmap' ? / \d+<([^>]*)>/.exec(text) : /^\d+<(\/[^>]*)>/.exec(text)
  return (named ?? file)?.[1] ?? null
}

/** Every call, counted among all of its name. */
export function byCount(calls: readonly TracedCall[]): readonly Target[] {
  return calls.map((call) => ({ call, path: null, nth: call.nth }))
}

/** Every call that names a path counted on that path, which other calls of the program cannot disturb. */
export function byPath(calls: readonly TracedCall[]): readonly Target[] {
  const counts = new Map<string, number>()
  return calls.map((call) => {
    const path = pathOf(call)
    if (path === null) return { call, path, nth: call.nth }
    const key = `${call.thread} ${call.name} ${path}`
    const nth = (counts.get(key) ?? 0) + 1
    counts.set(key, nth)
    return { call, path, nth }
  })
}

/** Every error that fits every one of the calls. */
export function errorsOf(targets: readonly Target[]): readonly Fault[] {
  return targets.flatMap((target) => {
    const { name } = target.call
    const network = isNetworkCall(target.call)
    const codes = (network ? NETWORK_ERRORS : ERRORS)[name] ?? []
    const kinds = [...codes.map((code) => `error=${code}`), ...(name === 'write' && !network ? [LIE] : [])]
    return kinds.map((kind) => ({ ...target, kind }))
  })
}

/** The end of the program at every one of the calls, before it is carried out. */
export function killsOf(targets: readonly Target[]): readonly Fault[] {
  return targets.map((target) => ({ ...target, kind: KILL }))
}

const LASTING = [
  'write',
  'pwrite64',
  'writev',
  'fsync',
  'ftruncate',
  'rename',
  'link',
  'unlink',
  'rmdir',
  'mkdir',
  'chmod',
  'fchmod',
  'fchown',
]

/** Whether what the call does outlives the program; between two such calls it matters little where a program ends. */
export function isLasting(call: TracedCall): boolean {
  return isNetworkCall(call) || LASTING.includes(call.name) || (call.name === 'openat' && call.text.includes('O_CREAT'))
}

/** Runs the command with one fault. */
export function runWith(command: readonly string[], { call, path, nth, kind }: Fault, tracing: Tracing = {}): Promise<TracedRun> {
  return trace(command, [call.name], { ...tracing, path, inject: `${call.name}:${kind}:when=${nth}` })
}

/** One fault in words. */
export function describeFault({ call, kind }: Fault): string {
  return `${kind} at ${call.name}(${call.text.slice(0, 240)}`
}
