import { parseOptions } from '../command.ts'
import { UsageFailure } from '../failure.ts'
import { LOG_LEVELS, type LogLevel } from './log.ts'

/** What every command of the device program understands. */
export const COMMON_OPTIONS = {
  'state-dir': { type: 'string' },
  config: { type: 'string' },
  'log-format': { type: 'string', default: 'text' },
  'log-level': { type: 'string', default: 'info' },
  'allow-insecure-loopback': { type: 'boolean', default: false },
  quiet: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const

export const COMMON_HELP = `  --state-dir DIR            where state, spool and results are kept (default: $PUMP_MONITOR_STATE_DIR,
                             then $STATE_DIRECTORY, then a folder of the pump's own)
  --config OVERLAY.json      partial deployment configuration, laid over the embedded one
  --log-format text|json     format of the log lines on stderr (default text)
  --log-level error|warn|info|debug
                             how much is logged (default info); debug adds the stack of an error
  --allow-insecure-loopback  allow http:// to an API on this machine
  --quiet                    no summary on stdout; what needs a person is still said on stderr`

/** The common options of one call, checked. */
export interface CommonOptions {
  readonly stateDir: string | null
  readonly overlay: string | null
  readonly logFormat: 'text' | 'json'
  readonly logLevel: LogLevel
  readonly allowInsecureLoopback: boolean
  readonly quiet: boolean
}

export function commonOptions(program: string, values: ReturnType<typeof parseCommon>['values']): CommonOptions {
  return {
    stateDir: values['state-dir'] ?? null,
    overlay: values.config ?? null,
    logFormat: oneOf(program, '--log-format', values['log-format'], ['text', 'json']),
    logLevel: oneOf(program, '--log-level', values['log-level'], LOG_LEVELS),
    allowInsecureLoopback: values['allow-insecure-loopback'],
    quiet: values.quiet,
  }
}

function parseCommon(program: string, argv: readonly string[]) {
  return parseOptions(program, argv, COMMON_OPTIONS)
}

/** The value, when it is one of those allowed; otherwise a usage failure that lists them. */
export function oneOf<const T extends string>(program: string, option: string, value: string, allowed: readonly T[]): T {
  const found = allowed.find((candidate) => candidate === value)
  if (found !== undefined) return found
  throw new UsageFailure({ where: program, what: `${option} cannot be '${value}'`, mend: `use one of ${allowed.join(', ')}` })
}
