import { basename } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import { isWorse, SEVERITIES, type Severity } from '../pump/status.ts'
import { isBatchName } from '../readings/inbox.ts'
import { noteLine } from '../readings/tally.ts'
import { createLog } from './log.ts'
import { COMMON_HELP, COMMON_OPTIONS, commonOptions, oneOf } from './options.ts'
import { run } from './run.ts'
import type { RunRequest } from './run-request.ts'
import { runSummary, troubleInWords } from './summary.ts'
import { worldOf } from './world.ts'

const HELP = `Judges a batch of readings, keeps the results and reports anomalies.

usage: run INPUT.csv|DIR|- [INPUT.csv …] [OUTPUT.json] [options]

  INPUT                      a CSV file, or several; a directory, whose files move to processed/ or failed/ in it;
                             - for standard input. Rows judged before are passed over
  OUTPUT                     results of this run (default: a file in the state directory); - for standard output. The last
                             of several arguments, unless its name ends in .csv, .tsv or .txt

options:
${COMMON_HELP}
  --format json|ndjson       format of the results (default json: an array with one record a line)
  --no-report                judge and write OUTPUT only: nothing is spooled or sent, and no state changes
  --reprocess                judge everything anew from an empty history; like --no-report, it changes no state
  --fail-on warning|critical|failure
                             exit with 2 when a reading of this run is at least as bad

exit status: 0 done, also when anomalies were found or wait; 2 --fail-on was met; 64 wrong use; 65 the input, or a file
of the directory, cannot be read as data; 70 internal error; 73 state or results cannot be written; 75 another run is at work; 78 configuration

examples:
  run readings.csv
  run /data/inbox results.json --fail-on critical
`

const OPTIONS = {
  ...COMMON_OPTIONS,
  format: { type: 'string', default: 'json' },
  'no-report': { type: 'boolean', default: false },
  reprocess: { type: 'boolean', default: false },
  'fail-on': { type: 'string' },
} as const

export const runCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const request = requestOf(argv)
    const world = worldOf(io)
    const { common } = request
    const logging = createLog(common, world)
    const { log } = logging
    const report = await run(request, logging, world)
    for (const warning of report.rows.warnings) log('warn', warning)
    for (const note of report.rows.notes) log(note.kind === 'duplicate' ? 'info' : 'warn', noteLine(note))
    if (!common.quiet && request.output !== '-') io.stdout(runSummary(report))
    else {
      const trouble = troubleInWords(report.sent)
      if (trouble !== null) log('warn', trouble)
    }
    const broken = report.files.flatMap((file) => (file.kind === 'failed' || file.kind === 'unreadable' ? [file.reason] : []))
    for (const reason of broken) log('error', reason)
    if (broken.length > 0) return EXIT.input
    const { worst } = report.tally
    const met = request.failOn !== null && worst !== null && !isWorse(request.failOn, worst)
    return met ? EXIT.failOn : EXIT.ok
  },
}

function requestOf(argv: readonly string[]): RunRequest {
  const { values, positionals } = parseOptions('run', argv, OPTIONS)
  const last = positionals.at(-1)
  if (last === undefined)
    throw new UsageFailure({ where: 'run', what: 'no input was given', mend: 'name a CSV file, a directory or -' })
  const output = positionals.length > 1 && !isBatchName(basename(last)) ? last : null
  return {
    common: commonOptions('run', values),
    inputs: output === null ? positionals : positionals.slice(0, -1),
    output,
    format: oneOf('run', '--format', values.format, ['json', 'ndjson']),
    keeps: !values['no-report'] && !values.reprocess,
    afresh: values.reprocess,
    failOn: values['fail-on'] === undefined ? null : severityNamed(values['fail-on']),
  }
}

function severityNamed(name: string): Severity {
  const level = oneOf('run', '--fail-on', name.toLowerCase(), ['warning', 'critical', 'failure'])
  return SEVERITIES.find((severity) => severity.toLowerCase() === level) ?? 'Failure'
}
