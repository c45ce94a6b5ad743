import { type ParseArgsOptionsConfig, parseArgs } from 'node:util'
import { reasonOf, UsageFailure } from './failure.ts'
import { nearestName } from './nearest.ts'
import { plainOptions } from './plain-options.ts'

/** What a command may touch of the process that runs it. */
export interface CommandIo {
  readonly stdout: (text: string) => void
  readonly stderr: (text: string) => void
  /** Where the user stands; relative paths start here. */
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/**
 * The process as a command sees it. A reader that goes away (`| head`) must not end a run that has anomalies to keep,
 * so what it no longer takes is dropped.
 */
export function processIo({ cwd, env }: Pick<CommandIo, 'cwd' | 'env'>): CommandIo {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  return {
    stdout: (text) => process.stdout.write(text),
    stderr: (text) => process.stderr.write(text),
    cwd,
    env,
  }
}

/** A command is its help text and one call; the call's result is the exit code. */
export interface Command {
  readonly help: string
  /** The help of a step named first, where a command has steps; null when there is no such step. */
  readonly helpOf?: (step: string) => string | null
  readonly run: (argv: readonly string[], io: CommandIo) => Promise<number>
}

/** Strict `parseArgs` whose mistakes are usage failures that name the nearest option. */
export function parseOptions<const T extends ParseArgsOptionsConfig>(program: string, argv: readonly string[], options: T) {
  type Parsed = ReturnType<typeof parseArgs<{ options: T; allowPositionals: true; strict: true }>>
  const plain = plainOptions(argv, options)
  if (plain !== null) return plain as unknown as Parsed
  const seeHelp = `see ${program} --help`
  for (const argument of argv) {
    if (argument === '--') break
    const name = /^--(?:no-)?([^=]+)/.exec(argument)?.[1]
    const whole = /^--([^=]+)/.exec(argument)?.[1]
    if (name === undefined || whole === undefined || name in options || whole in options) continue
    const near = nearestName(whole, Object.keys(options))
    throw new UsageFailure({
      where: program,
      what: `unknown option --${whole}`,
      mend: near === null ? seeHelp : `did you mean --${near}?`,
    })
  }
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true })
  } catch (error) {
    const what = reasonOf(error)
      .replace(/\. .*$/, '')
      .replace(/\.$/, '')
    throw new UsageFailure({ where: program, what: what.charAt(0).toLowerCase() + what.slice(1), mend: seeHelp })
  }
}
