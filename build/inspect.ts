import { resolve } from 'node:path'
import { type Command, type CommandIo, parseOptions } from '../src/command.ts'
import { EXIT, UsageFailure } from '../src/failure.ts'
import { PARAMETERS, QUANTITIES } from '../src/pump/quantities.ts'
import { type Difference, differences, inWords } from './differences.ts'
import { type Inspection, inspectionOf } from './inspection.ts'
import { numbersIn } from './numbers-in.ts'
import { withExecutable } from './with-executable.ts'

const HELP = `Tells everything about an executable, or what differs between two of them. Neither has to run on this machine.

usage: pump-monitor inspect FILE [OTHER] [--json]

  FILE, OTHER        an executable, or the ZIP with it
  --json             everything, for a program

exit status: 0 done, also when two differ; 64 wrong use; 78 a file is no sound executable of ours

examples:
  pump-monitor inspect artifacts/well1_v1.0.0
  pump-monitor inspect artifacts/well1_v1.0.0.zip artifacts/well1_v1.1.0.zip
`

const PROGRAM = 'pump-monitor inspect'

export const inspectCommand: Command = {
  help: HELP,
  run: async (argv: readonly string[], io: CommandIo) => {
    const { values, positionals } = parseOptions(PROGRAM, argv, { json: { type: 'boolean', default: false } })
    const [file, other, ...more] = positionals
    if (file === undefined || more.length > 0) {
      const what = file === undefined ? 'needs an executable' : 'takes one executable or two'
      throw new UsageFailure({ where: PROGRAM, what, mend: `see ${PROGRAM} --help` })
    }
    const inspect = async (name: string) => await withExecutable(resolve(io.cwd, name), async (path) => inspectionOf(path))
    const first = await inspect(file)
    if (other === undefined) {
      io.stdout(values.json ? json(first) : described(first))
      return EXIT.ok
    }
    const found = differences(first, await inspect(other))
    io.stdout(values.json ? json(found) : compared(found))
    return EXIT.ok
  },
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

function described({ manifest, size, grade, deployment, baseline, columns, model, entries }: Inspection): string {
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`
  const rows: [string, string][] = [
    ['artifact', `${manifest.artifact_version}, built ${manifest.build_time} for ${manifest.target}`],
    ['program', `pump-monitor ${manifest.runtime_version}, sha256 ${manifest.runtime_sha256}`],
    [
      'size',
      `${mb(size.executable)}: program ${mb(size.program)}, model ${mb(size.model)}, configuration ${mb(size.configuration)}`,
    ],
    ['site, pump', `${deployment.site_info.site_id}, ${deployment.site_info.pump_id}`],
    ['API', deployment.api.base_url ?? 'none: anomalies wait in the spool'],
    ['token', deployment.api.bearer_token ?? 'none is embedded'],
    ['grade', grade === null ? 'none applies' : `${grade.name} (${grade.reason})`],
    ['baseline', `${baseline.kind}, ${baseline.head_definition} head${baseline.date === null ? '' : `, of ${baseline.date}`}`],
    ['model', model === null ? 'none' : `${model.name} ${model.version}, ${model.kind}, sha256 ${model.sha256}`],
  ]
  const duty = {
    flow: baseline.flow_m3h,
    head: baseline.head_m,
    power: baseline.power_kw,
    efficiency: baseline.efficiency_percent,
  }
  const sections: [string, string[]][] = [
    [
      'duty point',
      PARAMETERS.flatMap((name) => {
        const value = duty[name]
        return value === null ? [] : [`${name.padEnd(12)}${value.toFixed(2)} ${QUANTITIES[name].unit}`]
      }),
    ],
    [
      'columns',
      Object.entries({ ...columns.quantities, ...columns.channels }).map(
        ([name, { column, unit }]) => `${name.padEnd(20)}'${column}'${unit === null ? '' : ` in ${unit}`}`,
      ),
    ],
    ['what the model looks at', model?.features ?? []],
    ['what it was measured to do', numbersIn(model?.metrics ?? {}).map(([path, value]) => `${path.padEnd(46)}${value}`)],
    ['files inside', Object.entries(entries).map(([name, entry]) => `${entry.sha256}  ${entry.size} ${name}`)],
  ]
  const head = rows.map(([name, text]) => `${name.padEnd(12)}${text}\n`).join('')
  const body = sections.filter(([, lines]) => lines.length > 0)
  return `${manifest.pump}\n\n${head}${body.map(([title, lines]) => `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`).join('')}`
}

/** What always differs between two builds says nothing by itself and comes last. */
function compared(found: readonly Difference[]): string {
  const own = (path: string): boolean => /^(entries|size)\b/.test(path)
  const told = found.filter(({ path }) => !own(path))
  const files = [...new Set(found.flatMap(({ path }) => /^entries\.(.*)\.(?:sha256|size)$/.exec(path)?.[1] ?? []))]
  if (found.length === 0) return 'the same: no file inside differs\n'
  const tail = files.length === 0 ? '' : `files inside that differ: ${files.join(', ')}\n`
  return `${told.map((difference) => `${inWords(difference)}\n`).join('')}${tail}`
}
