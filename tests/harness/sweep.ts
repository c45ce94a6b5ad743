import { FILE_CALLS, SOCKET_CALLS, type TracedCall, type TracedRun, trace } from './trace.ts'

/** One fault at one call of a run. */
export interface Fault {
  readonly call: TracedCall
  /** strace's expression, such as `fsync:error=EIO:when=2`. */
  readonly inject: string
}

const ALL_CALLS = [...FILE_CALLS, ...SOCKET_CALLS]

/** What each call can answer when something is wrong with the disk, the limits or the network. */
const ERRORS: Readonly<Record<string, readonly string[]>> = {
  openat: ['EIO', 'EMFILE', 'ENOSPC', 'EROFS'],
  read: ['EIO'],
  pread64: ['EIO'],
  write: ['EIO', 'ENOSPC'],
  writev: ['EPIPE'],
  sendto: ['EPIPE'],
  fsync: ['EIO'],
  ftruncate: ['EIO'],
  close: ['EIO'],
  rename: ['EIO', 'ENOSPC', 'EROFS'],
  link: ['EIO', 'ENOSPC'],
  unlink: ['EIO', 'EROFS'],
  mkdir: ['ENOSPC', 'EROFS'],
  chmod: ['EIO'],
  fchmod: ['EIO'],
  fchown: ['EIO'],
  getdents64: ['EIO'],
  statx: ['EIO'],
  readlink: ['EIO'],
  fcntl: ['ENOLCK'],
  socket: ['EMFILE'],
  connect: ['ETIMEDOUT', 'ECONNREFUSED'],
}

/** A write to a file that claims to have stored less than it was given, and stored nothing: the worst of short writes. */
const LIE = 'retval=3'

/** The calls of a run that concern the given paths or a connection. */
export function ownCalls(run: TracedRun, paths: readonly string[]): readonly TracedCall[] {
  return run.calls.filter(
    ({ text }) => paths.some((path) => text.includes(path)) || /^\d+<TCP/.test(text) || text.startsWith('AF_INET'),
  )
}

/** Runs the command once undisturbed, to learn what it calls. */
export async function survey(command: readonly string[], paths: readonly string[]): Promise<readonly TracedCall[]> {
  return ownCalls(await trace(command, ALL_CALLS), paths)
}

/** Every fault that fits every one of the calls. */
export function faultsOf(calls: readonly TracedCall[]): readonly Fault[] {
  return calls.flatMap((call) => {
    const kinds = [
      ...(ERRORS[call.name] ?? []).map((code) => `error=${code}`),
      ...(call.name === 'write' && !call.text.includes('<TCP') ? [LIE] : []),
      'signal=SIGKILL',
    ]
    return kinds.map((kind) => ({ call, inject: `${call.name}:${kind}:when=${call.nth}` }))
  })
}

/** Runs the command with one fault. */
export function runWith(command: readonly string[], { inject }: Fault): Promise<TracedRun> {
  return trace(command, ALL_CALLS, inject)
}
