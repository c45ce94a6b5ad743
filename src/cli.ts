import { processIo } from './command.ts'
import { runCommands } from './commands.ts'

process.exitCode = await runCommands(
  {
    program: 'pump-monitor',
    purpose: 'builds, trains and asks: everything about pump-monitor that does not run on the device.',
    commands: {
      package: {
        does: 'build the executable of one pump',
        load: async () => (await import('../build/package.ts')).packageCommand,
      },
      fleet: { does: 'build the executables of many pumps', load: async () => (await import('../build/fleet.ts')).fleetCommand },
      verify: {
        does: 'check an artifact or an executable, its signature included',
        load: async () => (await import('../build/verify.ts')).verifyCommand,
      },
      inspect: {
        does: 'tell what is in an executable, or what differs between two',
        load: async () => (await import('../build/inspect.ts')).inspectCommand,
      },
      delta: {
        does: 'write what turns one version of an executable into another',
        load: async () => (await import('../build/delta.ts')).deltaCommand,
      },
      baseline: {
        does: 'make the baseline of a pump: fit a pump test, or commission its own healthy data',
        load: async () => (await import('./baseline/command.ts')).baselineCommand,
      },
      train: { does: 'train a model on labelled readings', load: async () => (await import('./training/train.ts')).trainCommand },
      evaluate: {
        does: 'measure what such a model is worth',
        load: async () => (await import('./training/evaluate.ts')).evaluateCommand,
      },
      query: {
        does: 'ask the API what the pumps have reported',
        load: async () => (await import('./query/query.ts')).queryCommand,
      },
      import: {
        does: 'send anomalies that were carried away from a device without a network',
        load: async () => (await import('./import/import.ts')).importCommand,
      },
      serve: { does: 'run the reference anomaly API', load: async () => (await import('./api/serve.ts')).serveCommand },
    },
    fallback: null,
  },
  process.argv.slice(2),
  // `npm run` goes to the project's folder first; the user's paths start where the user stands.
  processIo({
    cwd: (process.env['npm_lifecycle_event'] === 'pump-monitor' ? process.env['INIT_CWD'] : undefined) ?? process.cwd(),
    env: process.env,
  }),
)
