import type { Command, CommandIo } from '../command.ts'
import { UsageFailure } from '../failure.ts'
import { nearestName } from '../nearest.ts'
import { compareCommand } from './compare.ts'
import { COMPLETION_HELP, runCompletion } from './completion.ts'
import { exportCommand } from './export.ts'
import { listCommand } from './list.ts'
import { PROGRAM } from './options.ts'
import { readSelection } from './selection.ts'
import { readSettings } from './settings.ts'
import { openSource } from './source.ts'
import { statsCommand } from './stats.ts'
import { helpOf, readValues, type SubCommand } from './sub-command.ts'
import { terminalOf } from './terminal.ts'
import { timelineCommand } from './timeline.ts'
import { watchCommand } from './watch.ts'

const STEPS: readonly SubCommand[] = [listCommand, exportCommand, statsCommand, timelineCommand, compareCommand, watchCommand]

const TOLD = [...STEPS, { name: 'completion', does: 'print what lets a shell complete all this' }]
const WIDTH = Math.max(...TOLD.map(({ name }) => name.length))

const HELP = `usage: ${PROGRAM} COMMAND [options]

Asks the API what the pumps have reported.

${TOLD.map(({ name, does }) => `  ${name.padEnd(WIDTH)}  ${does}`).join('\n')}

${PROGRAM} COMMAND --help tells the rest. The address comes from --api, $PUMP_MONITOR_API or a configuration file, the
token from $ANOMALY_API_TOKEN or a token file; src/query/README.md shows each command at work.
`

/** `pump-monitor query list|…`. */
export const queryCommand: Command = {
  help: HELP,
  helpOf: (name) => {
    if (name === 'completion') return COMPLETION_HELP
    const step = STEPS.find((one) => one.name === name)
    return step === undefined ? null : helpOf(step)
  },
  run: async ([name, ...rest]: readonly string[], io: CommandIo) => {
    const step = STEPS.find((one) => one.name === name)
    if (step !== undefined) return await runStep(step, rest, io)
    if (name === 'completion') return runCompletion(rest, STEPS, io)
    const names = TOLD.map((one) => one.name)
    const near = name === undefined ? null : nearestName(name, names)
    const what = name === undefined ? 'no command is named' : `there is no command '${name}'`
    throw new UsageFailure({ where: PROGRAM, what, mend: near === null ? `use ${names.join(', ')}` : `did you mean ${near}?` })
  },
}

async function runStep(step: SubCommand, argv: readonly string[], io: CommandIo): Promise<number> {
  const values = readValues(step, argv)
  const settings = readSettings(step.name, values, io)
  const nowMs = Date.now()
  const selection = readSelection(step.name, values, settings.timeZone, nowMs)
  const terminal = terminalOf(io.env)
  const onRetry = (reason: string) => {
    if (terminal.progress && values.quiet !== true) io.stderr(`\r\u001B[K${PROGRAM}: ${reason}; asking again\n`)
  }
  const source = openSource(settings, { io, nowMs: Date.now, random: Math.random, onRetry })
  if (!process.stdout.listeners('error').includes(endWithReader)) process.stdout.on('error', endWithReader)
  try {
    const code = await step.run({ values, settings, selection, source, terminal, io, nowMs })
    const unreadable = source.unreadable()
    if (unreadable > 0 && values.quiet !== true) {
      io.stderr(
        `${PROGRAM}: ${unreadable} records of the API are no anomalies (without id, site, pump, time or status) and were left out\n`,
      )
    }
    return code
  } finally {
    source.close()
  }
}

/** `query list | head`: when the reader has seen enough, this ends as well, and that is no error. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
}
