import type { CommandIo } from '../command.ts'

/** What a run takes from the process and the machine around it. */
export interface World extends CommandIo {
  readonly stdin: () => NodeJS.ReadableStream
  /** The device's clock [ms since 1970-01-01 UTC]; may be wrong. */
  readonly nowMs: () => number
  /** A clock that never jumps [ms]. */
  readonly elapsedMs: () => number
  /** Uniform in [0, 1). */
  readonly random: () => number
  readonly userId: number
  /** null where the user has none. */
  readonly home: string | null
  /**
   * From this call on a signal that asks the program to end (SIGTERM, SIGINT) aborts what is returned instead. Before
   * it, such a signal ends the program as is usual, which costs nothing but a second run.
   */
  readonly onStop: () => AbortSignal
  /** The command line as it was typed, for messages that repeat it. */
  readonly commandLine: readonly string[]
}

/** The world of a command: the process it runs in, with the command's own output and directory. */
export function worldOf(io: CommandIo): World {
  return {
    ...io,
    stdin: () => process.stdin,
    nowMs: Date.now,
    elapsedMs: () => performance.now(),
    random: Math.random,
    userId: process.geteuid?.() ?? 0,
    home: homeOf(io.env),
    onStop: stopSignal,
    commandLine: [process.execPath, ...process.argv.slice(2)],
  }
}

/** The first signal asks for an orderly end; a second one ends the program as is usual. */
function stopSignal(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort())
  return controller.signal
}

function homeOf(env: CommandIo['env']): string | null {
  if (env['HOME'] !== undefined && env['HOME'] !== '') return env['HOME']
  try {
    return process.getBuiltinModule('node:os').homedir()
  } catch {
    // A user without an entry in /etc/passwd, as in containers.
    return null
  }
}
