import { availableParallelism } from 'node:os'
import { resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { UsageFailure } from '../src/failure.ts'
import { buildTime } from './build-time.ts'
import { CACHE } from './cache.ts'
import { readFleet } from './fleet-file.ts'
import { INDEX } from './fleet-index.ts'
import { runFleet } from './fleet-run.ts'
import { buildRuntime } from './runtime.ts'
import { runtimePart } from './runtime-part.ts'
import { KEY_VARIABLE, signingKey } from './signature.ts'
import { TARGETS, targetNamed } from './targets.ts'

const HELP = `Builds the executables of many pumps, and the ZIP of each. Everything is checked before anything is built, and all
mistakes of all pumps are told at once; pumps without a mistake are built all the same.

usage: pump-monitor fleet FLEET.json --output DIR [options]

  FLEET.json         {"defaults": {…}, "pumps": [{"pump": NAME, …}, …]}, where … are version, baseline, columns, config,
                     model and tolerances as for pump-monitor package; paths start at the folder of FLEET.json
  --output DIR       gets <pump>_v<version>, its ZIP, and ${INDEX}
  --target TARGET    ${Object.keys(TARGETS).join(' or ')} (default linux-arm64)
  --jobs N           pumps at a time (default: one per processor, at most 4)
  --only PUMP        this pump alone; may be repeated. The index keeps the others
  --resume           leave alone what an earlier run finished and nothing has changed since
  --check            check the inputs and build nothing
  --no-zip           executables only
  --sign-key FILE    Ed25519 key in PEM that signs each artifact (default: the PEM text in $${KEY_VARIABLE}; else unsigned)
  --embed-token      let the bearer_token of a configuration into its executable

exit status: 0 all pumps are built; 64 wrong use; 73 a pump could not be written; 78 an input is wrong

example:
  pump-monitor fleet fleet.json --target linux-arm64 --output artifacts/arm64 --sign-key release.key
`

const PROGRAM = 'pump-monitor fleet'

const OPTIONS = {
  output: { type: 'string' },
  target: { type: 'string', default: 'linux-arm64' },
  jobs: { type: 'string', default: String(Math.min(4, availableParallelism())) },
  only: { type: 'string', multiple: true, default: [] as string[] },
  resume: { type: 'boolean', default: false },
  check: { type: 'boolean', default: false },
  'no-zip': { type: 'boolean', default: false },
  'sign-key': { type: 'string' },
  'embed-token': { type: 'boolean', default: false },
} as const

export const fleetCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions(PROGRAM, argv, OPTIONS)
    const [file, ...more] = positionals
    if (file === undefined || more.length > 0) throw wrongUse('takes one fleet file')
    if ((values.output === undefined) !== values.check)
      throw wrongUse(values.check ? '--check writes no output' : '--output is missing')
    if (!/^[1-9]\d{0,2}$/.test(values.jobs)) throw wrongUse(`--jobs ${values.jobs} is no number of pumps`)
    const jobs = Number(values.jobs)
    const target = targetNamed(PROGRAM, values.target)
    const key = signingKey(values['sign-key'], io.env, io.cwd)
    const fleet = await readFleet(resolve(io.cwd, file), { only: values.only, embedToken: values['embed-token'] })

    const request = {
      fleet,
      target,
      jobs,
      directory: values.output === undefined ? null : resolve(io.cwd, values.output),
      resume: values.resume,
      whole: values.only.length === 0,
    }
    return await runFleet(request, io, async (log) => {
      const runtime = await buildRuntime(target, log)
      const part = await runtimePart(runtime.path, { directory: CACHE, log })
      return { runtime, part, buildTime: buildTime(io.env, new Date()), key, zip: !values['no-zip'] }
    })
  },
}

function wrongUse(what: string): UsageFailure {
  return new UsageFailure({ where: PROGRAM, what, mend: `see ${PROGRAM} --help` })
}
