import { styleText } from 'node:util'
import type { CommandIo } from '../command.ts'

export type Style = 'bold' | 'dim' | 'red' | 'yellow' | 'magenta' | 'green' | 'cyan'

/** What the place where output goes can show. */
export interface Terminal {
  /** Characters of a line; infinite where nobody looks (a pipe, a file) unless COLUMNS says otherwise. */
  readonly columns: number
  /** Somebody looks at standard output. */
  readonly watched: boolean
  /** Somebody looks at standard error. */
  readonly progress: boolean
  readonly paint: (style: Style, text: string) => string
}

/** NO_COLOR and FORCE_COLOR count when they are not empty (no-color.org). */
export function terminalOf(env: CommandIo['env']): Terminal {
  const { stdout, stderr } = process
  const watched = stdout.isTTY === true
  const said = Number(env['COLUMNS'])
  const columns = said > 0 ? said : watched ? stdout.columns : Number.POSITIVE_INFINITY
  const set = (name: string) => (env[name] ?? '') !== ''
  const coloured = !set('NO_COLOR') && ((watched && env['TERM'] !== 'dumb') || set('FORCE_COLOR'))
  return {
    columns,
    watched,
    progress: stderr.isTTY === true,
    paint: (style, text) => (coloured ? styleText(style, text, { validateStream: false }) : text),
  }
}
