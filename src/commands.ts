import type { Command, CommandIo } from './command.ts'
import { EXIT, failureLines, isFailure, reasonOf, UsageFailure } from './failure.ts'
import { nearestName } from './nearest.ts'

/** The commands of a program, each loaded only when it is called. */
export interface CommandTable {
  readonly program: string
  readonly purpose: string
  readonly commands: Readonly<Record<string, { readonly does: string; readonly load: () => Promise<Command> }>>
  /** Called with all arguments when the first one names no command; null: that is a mistake. */
  readonly fallback: { readonly usage: string; readonly load: () => Promise<Command> } | null
}

/** Finds the command, runs it, and turns whatever it throws into one line per mistake and an exit code. */
export async function runCommands(table: CommandTable, argv: readonly string[], io: CommandIo): Promise<number> {
  const debug = argv.includes('--log-level=debug') || argv[argv.indexOf('--log-level') + 1] === 'debug'
  try {
    return await callCommand(table, argv, io)
  } catch (error) {
    if (isFailure(error)) for (const line of failureLines(error)) io.stderr(`${named(table.program, line)}\n`)
    else io.stderr(`${table.program}: internal error: ${reasonOf(error)}; run again with --log-level debug and report it\n`)
    if (debug && error instanceof Error) io.stderr(`${error.stack ?? ''}\n`)
    return isFailure(error) ? error.exitCode : EXIT.internal
  }
}

/** A line begins with the name of the program once, also when the failure is about the program's own command line. */
function named(program: string, line: string): string {
  return line.startsWith(program) ? line : `${program}: ${line}`
}

async function callCommand(table: CommandTable, argv: readonly string[], io: CommandIo): Promise<number> {
  const [first, ...rest] = argv
  const named = first !== undefined && Object.hasOwn(table.commands, first) ? table.commands[first] : undefined
  if (named !== undefined) return await call(await named.load(), rest, io)
  if (first === undefined || first === '--help' || first === 'help') {
    const write = first === undefined ? io.stderr : io.stdout
    write(overview(table))
    return first === undefined ? EXIT.usage : EXIT.ok
  }
  if (table.fallback !== null) return await call(await table.fallback.load(), argv, io)
  const near = nearestName(first, Object.keys(table.commands))
  const mend = near === null ? `see ${table.program} --help` : `did you mean ${near}?`
  throw new UsageFailure({ where: table.program, what: `there is no command '${first}'`, mend })
}

async function call(command: Command, argv: readonly string[], io: CommandIo): Promise<number> {
  const end = argv.indexOf('--')
  if ((end === -1 ? argv : argv.slice(0, end)).includes('--help')) {
    io.stdout(command.helpOf?.(argv[0] ?? '') ?? command.help)
    return EXIT.ok
  }
  return await command.run(argv, io)
}

function overview({ program, purpose, commands, fallback }: CommandTable): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const rows = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}\n`)
  const short = fallback === null ? '' : `       ${program} ${fallback.usage}\n`
  return `${program} ${purpose}\n\nusage: ${program} COMMAND [options]\n${short}\n${rows.join('')}\n${program} COMMAND --help tells the rest.\n`
}
