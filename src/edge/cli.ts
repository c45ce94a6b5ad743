import { basename } from 'node:path'
import { type CommandTable, runCommands } from '../commands.ts'
import { deviceIo } from './device-io.ts'

const run = {
  does: 'judge a batch of readings and report anomalies',
  load: async () => (await import('./run-command.ts')).runCommand,
}

const TABLE: CommandTable = {
  program: basename(process.execPath),
  purpose: 'judges the readings of one pump and reports anomalies.',
  commands: {
    run,
    flush: { does: 'send the anomalies that wait, at once', load: async () => (await import('./flush.ts')).flushCommand },
    info: { does: 'say what is embedded and where the state is kept', load: async () => (await import('./info.ts')).infoCommand },
    doctor: { does: 'check everything that a run needs', load: async () => (await import('./doctor.ts')).doctorCommand },
    '--version': { does: 'say which pump and which versions', load: async () => (await import('./version.ts')).versionCommand },
  },
  fallback: { usage: 'INPUT.csv|DIR|- [OUTPUT.json]', load: run.load },
}

/** So long may something that was left open keep a program that is done from ending [ms]. */
const LEFT_OPEN_MS = 1000

// Everything is awaited and written in there, so the program ends by itself. `process.exit` waits for V8's threads before the
// heap is taken down: one that compiled, and waited for garbage to be collected, was seen to keep a finished run for ever.
// No top-level await, since the bundle is CommonJS.
void runCommands(TABLE, process.argv.slice(2), deviceIo({ cwd: process.cwd(), env: process.env })).then((code) => {
  process.exitCode = code
  setTimeout(() => process.exit(), LEFT_OPEN_MS).unref()
})
