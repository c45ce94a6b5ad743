import { type CommandIo, parseOptions } from '../command.ts'
import { OPTIONS, type OptionName, PROGRAM, usage, type Values } from './options.ts'
import type { Selection } from './selection.ts'
import type { Settings } from './settings.ts'
import type { Source } from './source.ts'
import type { Terminal } from './terminal.ts'
import { wrapped } from './wrap.ts'

const SELECTING = ['site', 'pump', 'sensor', 'from', 'to', 'time-zone', 'status', 'parameter', 'min-confidence'] as const
const CONNECTING = ['api', 'token-file', 'allow-insecure-loopback', 'config', 'quiet', 'help'] as const

/** What a sub-command gets. */
export interface Asked {
  readonly values: Values
  readonly settings: Settings
  readonly selection: Selection
  readonly source: Source
  readonly terminal: Terminal
  readonly io: CommandIo
  readonly nowMs: number
}

/** A sub-command: what it says of itself, the options of its own, and one call. */
export interface SubCommand {
  readonly name: string
  readonly does: string
  /** Paragraphs of the help. */
  readonly tells: string
  readonly own: readonly OptionName[]
  /** Values of --format, the usual one first. */
  readonly formats: readonly string[]
  /** Arguments of examples that work as printed. */
  readonly examples: readonly string[]
  readonly run: (asked: Asked) => Promise<number>
}

export function optionsOf(own: readonly OptionName[]): readonly OptionName[] {
  const taken = new Set<OptionName>([...SELECTING, ...own, ...CONNECTING])
  return (Object.keys(OPTIONS) as OptionName[]).filter((name) => taken.has(name))
}

export function readValues({ name, own }: SubCommand, argv: readonly string[]): Values {
  const program = `${PROGRAM} ${name}`
  const config = Object.fromEntries(
    optionsOf(own).map((option) => [option, { type: OPTIONS[option].value === null ? 'boolean' : 'string' } as const]),
  )
  const { values, positionals } = parseOptions(program, argv, config)
  if (positionals[0] !== undefined) throw usage(name, positionals[0], 'is not an option')
  return values as Values
}

const HELP_COLUMNS = 118

/** A text in lines beside a column of `left` characters. */
function beside(text: string, left: number): string {
  return wrapped(text, HELP_COLUMNS - left, 0).replaceAll('\n', `\n${' '.repeat(left)}`)
}

export function helpOf({ name, tells, own, formats, examples }: SubCommand): string {
  const rows = optionsOf(own).map((option) => {
    const { value, does } = OPTIONS[option]
    const left = `--${option}${value === null ? '' : ` ${value}`}`
    return { left, does: option === 'format' ? `${formats.join(', ')} (default: ${formats[0]})` : does }
  })
  const width = Math.max(...rows.map(({ left }) => left.length))
  return [
    `usage: ${PROGRAM} ${name} [options]`,
    wrapped(tells.replaceAll('\n', ' '), HELP_COLUMNS, 0),
    rows.map(({ left, does }) => `  ${left.padEnd(width)}  ${beside(does, width + 4)}`).join('\n'),
    'exit status: 0 done; 64 usage; 65 data that cannot be read; 69 the API does not answer; 73 a file cannot be written;\n78 settings, token or address',
    examples.map((example) => `  ${PROGRAM} ${name} ${example}`.trimEnd()).join('\n'),
    '',
  ]
    .join('\n\n')
    .replace(/\n\n$/, '\n')
}
