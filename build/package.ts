import { mkdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { EXIT, UsageFailure } from '../src/failure.ts'
import { outputFailure } from '../src/state/output-failure.ts'
import { writeArtifact } from './artifact.ts'
import { buildTime } from './build-time.ts'
import { bundleEntries } from './bundle-entries.ts'
import { type PumpInputs, readInputs } from './inputs.ts'
import { ROOT } from './root.ts'
import { buildRuntime } from './runtime.ts'
import { stamp } from './stamp.ts'
import { TARGETS, type Target } from './targets.ts'

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
    const target = targetNamed(values.target)
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
      tolerances: values.tolerances === undefined ? TOLERANCES : path(values.tolerances),
      embedToken: values['embed-token'],
    })
    for (const warning of inputs.warnings) log(`warning: ${warning}`)
    const facts = { version, buildTime: buildTime(io.env, new Date()) }
    const runtime = await buildRuntime(target, log)
    const entries = bundleEntries(inputs, facts, runtime)
    const zip = path(output)
    const executable = zip.slice(0, -'.zip'.length)
    const ownerOnly = inputs.deployment.api.bearer_token !== null
    try {
      await mkdir(dirname(zip), { recursive: true })
      await stamp({ runtime: runtime.path, entries, output: executable, ownerOnly })
      await writeArtifact({ executable, entries, output: zip, log })
    } catch (error) {
      throw outputFailure(dirname(zip), 'write the artifact', error)
    }
    io.stdout(await packagedInWords({ inputs, version, target, executable, zip }))
    return EXIT.ok
  },
}

const TOLERANCES = join(ROOT, 'fixtures', 'tolerances.json')

async function packagedInWords(packaged: {
  readonly inputs: PumpInputs
  readonly version: string
  readonly target: Target
  readonly executable: string
  readonly zip: string
}): Promise<string> {
  const { inputs, version, target, executable, zip } = packaged
  const size = async (file: string): Promise<string> => `${((await stat(file)).size / 1e6).toFixed(1)} MB`
  const { grade } = inputs
  return [
    `${inputs.pump} ${version} for ${target}, grade ${grade.name} (${grade.reason})`,
    `  ${executable}  ${await size(executable)}`,
    `  ${zip}  ${await size(zip)}`,
    '',
  ].join('\n')
}

/** Semantic versioning 2.0.0, without the leading `v` that tags carry. */
function versionIn(text: string): string {
  if (/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/.test(text)) return text
  throw new UsageFailure({ where: PROGRAM, what: `--version ${text} is no semantic version`, mend: 'write it as 1.0.0' })
}

function targetNamed(name: string): Target {
  const found = Object.keys(TARGETS).find((target) => target === name)
  if (found !== undefined) return found as Target
  throw new UsageFailure({
    where: PROGRAM,
    what: `there is no target '${name}'`,
    mend: `use one of ${Object.keys(TARGETS).join(', ')}`,
  })
}
