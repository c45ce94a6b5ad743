import { chmodSync, existsSync, mkdirSync, type Stats, statSync } from 'node:fs'
import { isAbsolute, join, resolve } from 'node:path'
import { ConfigurationFailure, OutputFailure } from '../failure.ts'
import { syncDirectory } from './durable.ts'
import { outputFailure } from './output-failure.ts'
import { readText } from './read-text.ts'

/** What decides where a pump keeps its state. */
export interface DirectoryHints {
  /** Value of `--state-dir`, or null. */
  readonly option: string | null
  readonly env: Readonly<Record<string, string | undefined>>
  /** The pump's name as a folder, such as `well-1`. */
  readonly folder: string
  readonly userId: number
  /** The user's home directory, or null where there is none. */
  readonly home: string | null
  readonly cwd: string
}

export interface DirectoryCandidate {
  readonly path: string
  /** What names it, in words for people. */
  readonly because: string
}

/** The folders and files of a state directory. */
export function stateLayout(directory: string) {
  return {
    unsent: join(directory, 'unsent_anomalies'),
    rejected: join(directory, 'rejected_anomalies'),
    damaged: join(directory, 'damaged_anomalies'),
    results: join(directory, 'results'),
    native: join(directory, 'native'),
  }
}

/** Every directory that could hold this pump's state; the first one is in force. */
export function stateDirectories(hints: DirectoryHints): readonly [DirectoryCandidate, ...DirectoryCandidate[]] {
  const { option, env, folder, userId, home, cwd } = hints
  const named: DirectoryCandidate[] = []
  const add = (path: string | null | undefined, because: string) => {
    if (path !== null && path !== undefined && path !== '') named.push({ path: resolve(cwd, path), because })
  }
  add(option, '--state-dir')
  add(env['PUMP_MONITOR_STATE_DIR'], '$PUMP_MONITOR_STATE_DIR')
  // systemd gives a list separated by colons when a unit states several.
  add(env['STATE_DIRECTORY']?.split(':')[0], "systemd's $STATE_DIRECTORY")
  const system = { path: join('/var/lib/pump-monitor', folder), because: 'the default for root' }
  if (userId === 0) return asList(named, system)
  const xdg = env['XDG_STATE_HOME']
  // The XDG specification has relative paths ignored.
  if (xdg !== undefined && isAbsolute(xdg)) add(join(xdg, 'pump-monitor', folder), '$XDG_STATE_HOME')
  if (home !== null) add(join(home, '.local/state/pump-monitor', folder), 'the default')
  return asList(named, system)
}

/** Those of the other candidates that exist, so that a person sees where else anomalies may wait. */
export function otherStateDirectories(hints: DirectoryHints): readonly DirectoryCandidate[] {
  const [inForce, ...others] = stateDirectories(hints)
  return others.filter(({ path }) => path !== inForce.path && existsSync(path))
}

/**
 * Creates the state directory if it is missing, and makes sure that it is the user's own and that nobody else can write
 * into it. Throws ConfigurationFailure (exit 78) when it is another user's, with the command that works, and
 * OutputFailure (exit 73) when it cannot be used.
 */
export function openStateDirectory(directory: string, user: { readonly id: number; readonly command: readonly string[] }): void {
  const stats = createIfMissing(directory)
  if (stats.uid !== user.id) throw anotherUsers(directory, stats.uid, user)
  if ((stats.mode & 0o022) !== 0) {
    try {
      chmodSync(directory, stats.mode & 0o7755)
    } catch (error) {
      throw outputFailure(directory, 'take the write permission from others', error)
    }
  }
}

/** Creates a folder of the state directory, readable by its owner only. Throws OutputFailure. */
export function ensureFolder(path: string): void {
  createIfMissing(path)
}

function createIfMissing(directory: string): Stats {
  const stats = makeDirectory(directory)
  if (stats.isDirectory()) return stats
  throw new OutputFailure({
    where: directory,
    what: 'is no directory',
    mend: 'move that file away, or choose another with --state-dir',
  })
}

function makeDirectory(directory: string): Stats {
  try {
    const existing = statSync(directory, { throwIfNoEntry: false })
    if (existing !== undefined) return existing
    const first = mkdirSync(directory, { recursive: true, mode: 0o700 })
    // The new entry must survive a power cut as surely as what will be stored under it.
    for (let made = directory; first !== undefined; made = join(made, '..')) {
      syncDirectory(join(made, '..'))
      if (made === first) break
    }
    return statSync(directory)
  } catch (error) {
    throw outputFailure(directory, 'create the directory', error)
  }
}

function anotherUsers(directory: string, ownerId: number, user: { readonly id: number; readonly command: readonly string[] }) {
  const owner = userName(ownerId) ?? `#${ownerId}`
  const command = user.command.map(quoted).join(' ')
  const mend =
    user.id === 0 || ownerId === 0
      ? `run as that user: sudo -u ${quoted(owner)} ${command}`
      : 'choose another directory with --state-dir'
  return new ConfigurationFailure({
    where: directory,
    what: `the state belongs to user ${owner}, and this run is user ${userName(user.id) ?? `#${user.id}`}`,
    mend,
  })
}

function userName(id: number): string | null {
  try {
    const line = readText('/etc/passwd')
      .split('\n')
      .find((entry) => entry.split(':')[2] === String(id))
    return line?.split(':')[0] ?? null
  } catch {
    return null
  }
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

function asList(
  named: readonly DirectoryCandidate[],
  last: DirectoryCandidate,
): readonly [DirectoryCandidate, ...DirectoryCandidate[]] {
  const [first, ...rest] = [...named, last]
  return [first ?? last, ...rest]
}
