import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { EXIT, UsageFailure } from '../src/failure.ts'
import { outputFailure } from '../src/state/output-failure.ts'
import { buildPump, sizesInWords } from './build-pump.ts'
import { buildTime } from './build-time.ts'
import { CACHE } from './cache.ts'
import { readInputs, STANDARD_TOLERANCES } from './inputs.ts'
import { buildRuntime } from './runtime.ts'
import { runtimePart } from './runtime-part.ts'
import { isSemanticVersion } from './semantic-version.ts'
import { KEY_VARIABLE, signingKey } from './signature.ts'
import { TARGETS, targetNamed } from './targets.ts'

const HELP = `Builds the executable of one pump: runtime, model, baseline, tolerances and configuration in one file.

usage: pump-monitor package --pump NAME --baseline FILE --columns FILE --config FILE --version X.Y.Z
                            --output FILE.zip [options]

  --pump NAME        the pump's name, as in the baseline file
  --baseline FILE    CSV with the pump's duty point or its pump test, or JSON of pump-monitor baseline
  --columns FILE     JSON: where each quantity stands in the CSV batches
  --config FILE      JSON: deployment configuration
  --model DIR        folder with model.onnx, metadata.json and scaler.json (default: no model, tolerance check only)
  --tolerances FILE  JSON: grades (default: the grades of ISO 9906 that come with the program)
  --version X.Y.Z    version of this artifact (semantic versioning)
  --target TARGET    ${Object.keys(TARGETS).join(' or ')} (default linux-arm64)
  --output FILE.zip  the artifact; the bare executable is written beside it without '.zip'
  --sign-key FILE    Ed25519 key in PEM that signs the checksums (default: the PEM text in $${KEY_VARIABLE}; else unsigned)
  --embed-token      let the bearer_token of the configuration into the executable, which only its owner can read then

exit status: 0 done; 64 wrong use; 73 output cannot be written; 78 an input is wrong (one line per mistake)

example:
  pump-monitor package --pump "Well 1" --baseline fixtures/well-1/baseline.csv --model models/well-1 \\
    --columns fixtures/well-1/columns.json --config fixtures/well-1/deployment.json \\
    --version 1.0.0 --target linux-arm64 --output artifacts/well1_v1.0.0.zip
`

const OPTIONS = {
  pump: { type: 'string' },
  baseline: { type: 'string' },
  columns: { type: 'string' },
  config: { type: 'string' },
  model: { type: 'string' },
  tolerances: { type: 'string' },
  version: { type: 'string' },
  target: { type: 'string', default: 'linux-arm64' },
  output: { type: 'string' },
  'sign-key': { type: 'string' },
  'embed-token': { type: 'boolean', default: false },
} as const

const PROGRAM = 'pump-monitor package'

export const packageCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions(PROGRAM, argv, OPTIONS)
    if (positionals.length > 0) {
      throw new UsageFailure({
        where: PROGRAM,
        what: `does not know what to do with '${positionals[0]}'`,
        mend: 'every input has an option; see --help',
      })
    }
    const required = (name: 'pump' | 'baseline' | 'columns' | 'config' | 'version' | 'output'): string => {
      const value = values[name]
      if (value === undefined || value === '') {
        throw new UsageFailure({ where: PROGRAM, what: `--${name} is missing`, mend: `see ${PROGRAM} --help` })
      }
      return value
    }
    const path = (file: string): string => resolve(io.cwd, file)
    const target = targetNamed(PROGRAM, values.target)
    const version = versionIn(required('version'))
    const output = required('output')
    if (!output.endsWith('.zip')) {
      const what = `--output ${output} does not end in .zip`
      throw new UsageFailure({ where: PROGRAM, what, mend: 'name the ZIP; the executable is written beside it' })
    }
    const log = (line: string): void => io.stderr(`${line}\n`)

    const inputs = await readInputs({
      pump: required('pump'),
      baseline: path(required('baseline')),
      columns: path(required('columns')),
      config: path(required('config')),
      model: values.model === undefined ? null : path(values.model),
      tolerances: values.tolerances === undefined ? STANDARD_TOLERANCES : path(values.tolerances),
      embedToken: values['embed-token'],
    })
    for (const warning of inputs.warnings) log(`warning: ${path(required('baseline'))}: ${warning}`)
    const zip = path(output)
    const key = signingKey(values['sign-key'], io.env, io.cwd)
    const runtime = await buildRuntime(target, log)
    try {
      await mkdir(dirname(zip), { recursive: true })
      const part = await runtimePart(runtime.path, { directory: CACHE, log })
      const workshop = { runtime, part, buildTime: buildTime(io.env, new Date()), key, zip: true }
      const built = await buildPump(inputs, { version, executable: zip.slice(0, -'.zip'.length) }, workshop)
      const { grade } = inputs
      io.stdout(`${inputs.pump} ${version} for ${target}, grade ${grade.name} (${grade.reason})\n`)
      io.stdout(sizesInWords(built, runtime))
      if (key !== null) io.stdout(`  signed with key ${key.id}\n`)
    } catch (error) {
      throw outputFailure(dirname(zip), 'write the artifact', error)
    }
    return EXIT.ok
  },
}

function versionIn(text: string): string {
  if (isSemanticVersion(text)) return text
  throw new UsageFailure({ where: PROGRAM, what: `--version ${text} is no semantic version`, mend: 'write it as 1.0.0' })
}
