import { type Command, type CommandIo, parseOptions } from '../command.ts'
import { restoreRejected } from '../delivery/rejected.ts'
import { EXIT, UsageFailure } from '../failure.ts'
import { createLog } from './log.ts'
import { COMMON_HELP, COMMON_OPTIONS, commonOptions } from './options.ts'
import { openPlace, PATIENCE_MS } from './place.ts'
import { openProgram } from './program.ts'
import { readRunState } from './run-state.ts'
import { sendAndRemember } from './send-and-remember.ts'
import { spoolOf } from './spooling.ts'
import { sentInWords } from './summary.ts'
import { worldOf } from './world.ts'

const HELP = `Sends the anomalies that wait in the spool, at once, whatever earlier runs found out about the API.

usage: flush [options]

options:
${COMMON_HELP}
  --retry-rejected           also those that the API refused before

exit status: 0 done, also when anomalies still wait; 64 wrong use; 73 state cannot be written; 75 another run is at work
(flush waits for it up to 30 s); 78 configuration

example:
  flush
`

const OPTIONS = { ...COMMON_OPTIONS, 'retry-rejected': { type: 'boolean', default: false } } as const

export const flushCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions('flush', argv, OPTIONS)
    if (positionals.length > 0) throw new UsageFailure({ where: 'flush', what: 'takes no input', mend: 'see flush --help' })
    const common = commonOptions('flush', values)
    const world = worldOf(io)
    const { log, hide } = createLog(common, world)
    const program = openProgram(common.overlay, world.cwd)
    const place = await openPlace(program, common.stateDir, world, PATIENCE_MS)
    try {
      if (values['retry-rejected']) log('info', `${restoreRejected(place.layout)} refused anomalies are tried again`)
      const state = readRunState(place, log)
      const request = { allowInsecureLoopback: common.allowInsecureLoopback, force: true, hide }
      const spool = spoolOf(place, program, log)
      await sendAndRemember(spool, { program, place, world }, request, state, (sent) => {
        if (!common.quiet) io.stdout(`${program.manifest.pump}: ${sentInWords(sent)} (${place.path})\n`)
      })
      return EXIT.ok
    } finally {
      place.lock.release()
    }
  },
}
